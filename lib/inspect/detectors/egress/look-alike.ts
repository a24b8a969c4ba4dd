import { domainToUnicode } from 'node:url';
import { getPublicSuffix } from 'tldts';

/** Letters of other scripts, digits and pairs that are read as a Latin letter (after Unicode's confusables, what can stand in a domain). */
const twins: Record<string, string> = {
  а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ї: 'i', ј: 'j', ѕ: 's', ԁ: 'd', һ: 'h', ԛ: 'q', ԝ: 'w', в: 'b', к: 'k', м: 'm', н: 'h', т: 't', г: 'r', п: 'n', ь: 'b', ӏ: 'l', є: 'e', з: '3',
  α: 'a', ε: 'e', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', γ: 'y', η: 'n', ω: 'w', β: 'b', ϲ: 'c', ա: 'w', օ: 'o', ո: 'n', ս: 'u', ց: 'g', հ: 'h',
  ı: 'i', ł: 'l', ø: 'o', đ: 'd', ħ: 'h', ŧ: 't', ß: 'b', þ: 'p', ɑ: 'a', ɡ: 'g', ɩ: 'i', ƅ: 'b', ꮃ: 'w', ᴠ: 'v', ᴡ: 'w',
  0: 'o', 1: 'l', 3: 'e', 4: 'a', 5: 's', 6: 'b', 7: 't', 8: 'b', 9: 'g', i: 'l', '|': 'l', q: 'g',
};

/** What a name looks like at a glance. */
export function skeletonOf(label: string): string {
  const plain = label.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return Array.from(plain.replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd'), (letter) => twins[letter] ?? letter).join('');
}

/** Insertions, deletions, changes and swaps of neighbours, counted no further than `most`. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(old[j]! + 1, row[j - 1]! + 1, old[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, older[j - 2]! + 1);
    }
    if (Math.min(...row) > most) return most + 1;
    older = old;
    old = row;
  }
  return old[b.length]!;
}

export type Likeness = 'homoglyph' | 'typo' | 'hyphenated' | 'other_ending' | 'inside_name';

type Own = { domain: string; label: string; suffix: string; skeleton: string };
/** More domains than this are not compared with: each name in a text is held against all of them. */
const mostOwn = 100;
let last: { domains: readonly string[]; own: Own[] } | undefined;
function ownOf(domains: readonly string[]): Own[] {
  if (last?.domains !== domains) last = { domains, own: domains.slice(0, mostOwn).map((domain) => { const parts = split(domain); return { domain, ...parts, skeleton: skeletonOf(parts.label) }; }) };
  return last.own;
}

/** The label that is bought and what it is sold under: `shop.example.co.uk` is `example` and `co.uk`. */
function split(domain: string): { label: string; suffix: string } {
  const suffix = getPublicSuffix(domain, { allowPrivateDomains: true }) ?? domain.slice(domain.lastIndexOf('.') + 1);
  const rest = domain.slice(0, -suffix.length - 1);
  return { label: rest.slice(rest.lastIndexOf('.') + 1), suffix };
}

/** How a host resembles a domain of the organisation's without being one; nothing when it does not. Names shorter than four letters resemble everything. */
export function likenessOf(host: string, domains: readonly string[]): { own: string; how: Likeness } | undefined {
  const shown = host.includes('xn--') ? domainToUnicode(host) || host : host;
  const { label, suffix } = split(shown);
  const seen = skeletonOf(label);
  for (const { domain, label: ownLabel, suffix: ownSuffix, skeleton } of ownOf(domains)) {
    if (host === domain || host.endsWith(`.${domain}`)) return undefined;
    if (ownLabel.length < 4) continue;
    if (label === ownLabel) return { own: domain, how: 'other_ending' };
    if (label !== '' && seen === skeleton) return { own: domain, how: 'homoglyph' };
    if (host.startsWith(`${domain}.`) || host.includes(`.${domain}.`)) return { own: domain, how: 'inside_name' };
    const joined = label.replaceAll('-', '');
    if (joined === ownLabel.replaceAll('-', '') || joined === `${ownLabel}${ownSuffix}`.replace(/[.-]/g, '')) return { own: domain, how: 'hyphenated' };
    if (`-${label}-`.includes(`-${ownLabel}-`)) return { own: domain, how: 'hyphenated' };
    if (ownLabel.length >= 5 && distance(label, ownLabel, ownLabel.length >= 10 ? 2 : 1) <= (ownLabel.length >= 10 ? 2 : 1)) return { own: domain, how: 'typo' };
    if (ownLabel.length >= 6 && suffix === ownSuffix && distance(seen, skeleton, 1) <= 1) return { own: domain, how: 'homoglyph' };
  }
  return undefined;
}

const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u, /\p{Script=Cherokee}/u];
/** Whether one label of a host mixes scripts whose letters look alike, which no registrar should sell. */
export function mixesScripts(host: string): boolean {
  const shown = host.includes('xn--') ? domainToUnicode(host) : host;
  return shown.split('.').some((label) => scripts.filter((script) => script.test(label)).length > 1);
}
