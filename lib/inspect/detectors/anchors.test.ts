import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findDestinations } from './egress/find-destinations';
import { findAddresses, findDevices } from './personal-data/find-contacts';
import { findShapes } from './secrets/find-shapes';
import { shapes } from './secrets/shapes';

const bits = fc.constantFrom('a', 'Z', '7', '12', '255', 'ff', 'a0:b1', '::', ':', '.', '-', '/', '@', '_', '=', ' ', '\n', 'é', 'ж', '漢', '\u{1d41a}', '\ud83d', 'mail.co.uk', 'x.org', '10.0.0.1', '00-1b-44-11-3a-b7', '0011.2233.4455', 'fe80::1', 'sk-', 's.', 'ghp_', `AKIA${'B2'.repeat(8)}`);
const texts = fc.array(bits, { maxLength: 60 }).map((parts) => parts.join(''));

it('names of hosts are looked for from their full stops, and are those that a search from every place finds', () => {
  const everywhere = /(?<![\p{L}\p{N}@/._%=-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,18})(?![\p{L}\p{N}@_(=-]|\.\p{L})/gu;
  fc.assert(fc.property(texts, (text) => {
    const names = findDestinations(text).filter(({ kind }) => kind === 'name');
    const found = new Set([...text.matchAll(everywhere)].map(({ index, 0: name }) => `${index} ${name}`));
    for (const { start, authority } of names) expect(found).toContain(`${start} ${authority}`);
    for (const { index, 0: name } of text.matchAll(everywhere)) if (/^[a-z]\.org$/.test(name) && !text.includes('@') && !text.includes('//')) expect(names.map(({ start }) => start)).toContain(index);
  }), { numRuns: 500 });
});

it('addresses of machines and network cards likewise', () => {
  const kept = /(?<![\w:.-])(?:[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-])/g;
  const v4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g;
  const places = (found: readonly { start: number; end: number }[]) => found.map(({ start, end }) => `${start} ${end}`).sort();
  fc.assert(fc.property(texts, (text) => {
    expect(places(findDevices(text))).toEqual([...text.matchAll(kept)].filter(([one]) => !/^[0f:.-]+$/i.test(one) || /0.*f|f.*0/i.test(one)).map(({ index, 0: one }) => `${index} ${index + one.length}`).sort());
    const four = [...text.matchAll(v4)].filter(([one]) => one.split('.').every((part) => Number(part) < 256 && String(Number(part)) === part)).map(({ index, 0: one }) => `${index} ${index + one.length}`);
    expect(places(findAddresses(text).filter(({ start, end }) => !text.slice(start, end).includes(':')))).toEqual(four.sort());
  }), { numRuns: 500 });
});

it('keys of providers are found at the beginnings of words alone, whichever they are', () => {
  for (const [label, beginning, rest] of shapes) {
    const [tail] = fc.sample(fc.stringMatching(new RegExp(`^${rest.replace(/,\d{3,}\}/g, '}').replace(/\(\?=[^)]*\)/g, '')}$`)), { numRuns: 1, seed: 7 });
    const starts = (text: string) => findShapes(text).filter((one) => one.label === label).map(({ start }) => start);
    const pattern = new RegExp(`${rest}(?![A-Za-z0-9_])`, 'y');
    if (!pattern.test(`${tail} `)) continue;
    expect(starts(`(${beginning}${tail}) ${beginning}${tail}`), beginning).toEqual(expect.arrayContaining([1, beginning.length + tail!.length + 3]));
    expect(starts(`x${beginning}${tail} .${beginning}${tail}`), beginning).not.toContain(1);
  }
});
