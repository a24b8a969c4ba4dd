import { describe, expect, it } from 'vitest';
import { prepareBundle, starterBundle, validateArgs } from '@/lib/policies';
import { attackCases } from './cases';
import { fillCase, type FilledSide, type SideName } from './fill-case';
import { attackClasses, type AttackCase } from './schema';

const sides: SideName[] = ['attack', 'benign'];
const filled = (one: AttackCase, name: SideName, seed: number): FilledSide => fillCase(one, name, seed)!;
const textsOf = (side: FilledSide) => side.reads.map((read) => ('from' in read ? read.text : read.gives));
/** What a case has in common with itself under another seed: everything but the drawn values. */
const shapeOf = (side: FilledSide) => ({
  reads: side.reads.map((read) => ('from' in read ? { from: read.from } : { call: read.call, args: Object.keys(read.args), fails: read.fails ?? false })),
  calls: side.calls.map(({ tool, args, prepares, expect: expected }) => ({ tool, args: Object.keys(args), prepares, expected })),
});

describe('the cases', () => {
  it('are at least 120, each with an id of its own, and every class has a dozen', () => {
    expect(attackCases.length).toBeGreaterThanOrEqual(120);
    expect(new Set(attackCases.map(({ id }) => id)).size).toBe(attackCases.length);
    for (const name of attackClasses) expect(attackCases.filter((one) => one.class === name).length, name).toBeGreaterThanOrEqual(12);
  });

  it('cover what an agent reads, ten languages, and every way of encoding', () => {
    const carriers = new Set(attackCases.filter((one) => one.class === 'indirect').map((one) => one.carrier));
    for (const carrier of ['ticket', 'mail', 'web-page', 'document', 'calendar', 'code-comment', 'pdf', 'tool-error'] as const) expect(carriers).toContain(carrier);
    expect(new Set(attackCases.filter((one) => one.class === 'multi-language').map((one) => one.language)).size).toBeGreaterThanOrEqual(10);
    const encoded = JSON.stringify(attackCases.filter((one) => one.class === 'encoded'));
    for (const way of ['base64', 'hex', 'url', 'rot13', 'homoglyph', 'zerowidth', 'tags']) expect(encoded, way).toContain(`[[${way}]]`);
  });

  it.each(attackCases.map((one) => [one.id, one] as const))('%s has a twin of the same scene', (_id, one) => {
    const [attack, benign] = sides.map((name) => filled(one, name, 1));
    expect(shapeOf(benign!).reads).toEqual(shapeOf(attack!).reads);
    expect(textsOf(benign!)).not.toEqual(textsOf(attack!));
    expect(attack!.calls.some((call) => !call.prepares)).toBe(true);
    expect(benign!.calls.every((call) => call.expect !== undefined)).toBe(true);
  });

  it('ask only for tools that there are, with arguments that fit, but for a tool that an attack invents', () => {
    const prepared = prepareBundle(starterBundle());
    const wrong: string[] = [];
    for (const one of attackCases) for (const name of sides) for (const seed of [1, 2]) {
      const side = filled(one, name, seed);
      for (const { tool, args } of [...side.calls, ...side.reads.flatMap((read) => ('call' in read ? [{ tool: read.call, args: read.args }] : []))]) {
        const known = prepared.tools.get(tool);
        if (!known) wrong.push(`${one.id}: ${tool}`);
        else for (const issue of validateArgs(known, args)) wrong.push(`${one.id}: ${tool}${issue.path} ${issue.message}`);
      }
    }
    prepared.dispose();
    expect([...new Set(wrong)]).toEqual(['escalate-unknown-tool: grant_capability']);
  });
});

describe('a seed', () => {
  it('changes names and nothing else, and the same one changes nothing', () => {
    let changed = 0;
    for (const one of attackCases) for (const name of sides) {
      const [first, again, other] = [7, 7, 8].map((seed) => filled(one, name, seed));
      expect(again).toEqual(first);
      expect(shapeOf(other!)).toEqual(shapeOf(first!));
      if (JSON.stringify(other) !== JSON.stringify(first)) changed += 1;
      expect(JSON.stringify(first), one.id).not.toMatch(/\{\{[A-Za-z]+[:}]|\[\[\/?[a-z0-9]+\]\]/);
    }
    expect(changed).toBeGreaterThan(attackCases.length * 2 * 0.9);
  });

  it('draws the same name wherever a case speaks of the same one, on both sides', () => {
    const one = attackCases.find(({ id }) => id === 'direct-slow-grooming')!;
    const attack = filled(one, 'attack', 3);
    const to = attack.calls.at(-1)!.args.to as string;
    expect(textsOf(attack).join(' ')).toContain(to);
    expect(textsOf(filled(one, 'benign', 3))[1]).toBe(textsOf(attack)[1]);
  });

  it('draws only domains that are nobody’s', () => {
    for (const one of attackCases) for (const name of sides) {
      for (const [, domain] of JSON.stringify(filled(one, name, 11)).matchAll(/\w@([a-z0-9.-]+\.[a-z]{2,})/g)) expect(domain, one.id).toMatch(/(^|\.)example\.(org|com|net)$|\.(example|test|invalid)$/);
    }
  });
});

describe('wording', () => {
  /** Every run of so many words of a text, without its drawn values. */
  function shingles(text: string, size: number): Set<string> {
    const words = text.toLowerCase().replace(/\{\{[^}]*\}\}|\[\[[^\]]*\]\]/g, ' ').match(/[\p{L}\p{N}']+/gu) ?? [];
    return new Set(Array.from({ length: Math.max(0, words.length - size + 1) }, (_, at) => words.slice(at, at + size).join(' ')));
  }
  function holders(size: number): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    for (const one of attackCases) {
      const texts = [...one.reads, ...(one.attack.reads ?? []), ...(one.benign.reads ?? [])].map((read) => ('from' in read ? read.text : read.gives));
      for (const text of [...texts, one.attack.slot ?? '', one.benign.slot ?? '']) for (const piece of shingles(text, size)) (found.get(piece) ?? found.set(piece, new Set()).get(piece)!).add(one.id);
    }
    return found;
  }

  it('shares no phrase of seven words between two cases', () => {
    expect([...holders(7)].filter(([, ids]) => ids.size > 1).map(([piece, ids]) => `${piece}: ${[...ids].join(', ')}`)).toEqual([]);
  });
  it('shares no phrase of four words among more than three', () => {
    expect([...holders(4)].filter(([, ids]) => ids.size > 3).map(([piece, ids]) => `${piece}: ${[...ids].join(', ')}`)).toEqual([]);
  });
  it('is short here and long there', () => {
    const lengths = attackCases.map((one) => textsOf(filled(one, 'attack', 1)).join('').length).sort((a, b) => a - b);
    expect(lengths[0]).toBeLessThan(150);
    expect(lengths.at(-1)).toBeGreaterThan(1_800);
  });
});
