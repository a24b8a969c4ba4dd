import type { Personal } from './find-personal-data';
import type { IdRule } from './id-rule';
import { americanIds } from './ids-americas';
import { asiaPacificIds } from './ids-asia-pacific';
import { europeanIds } from './ids-europe';
import { paymentCards } from './payment-cards';

const neighbour = '[A-Za-z0-9_\u00c0-\u024f]';
const compile = (rule: IdRule) => ({ ...rule, pattern: new RegExp(`(?:${rule.pattern.source})(?!${neighbour})`, rule.pattern.flags.replace('g', 'y')) });
const rules = [...paymentCards, ...europeanIds, ...americanIds, ...asiaPacificIds].map(compile);
const wholes = rules.filter((rule) => rule.whole).map((rule) => ({ ...rule, pattern: new RegExp(`(?<!${neighbour})${rule.pattern.source}`, 'g') }));
/** By what a number begins with, so that at each place only what can begin there is tried. */
const byBeginning = ['digit', 'letter'].map((beginning) => rules.filter((rule) => !rule.whole && (rule.begins ?? (/^(?:\(\?:)?(?:\\d|\[?\d)/.test(rule.pattern.source.slice(3)) ? 'digit' : 'letter')) !== (beginning === 'digit' ? 'letter' : 'digit')));
const [digitLed, letterLed] = byBeginning as [Rule[], Rule[]];
type Rule = (typeof rules)[number];

/** Stretches with at least four digits that are close together. Bounded, so that no text makes it remember much. */
const digits = /\d(?:[^\d\n]{0,4}\d){3,400}/g;
const before = 16;
const behind = 12;
/** A text with more numbers than this is a table of them; the first say what it is. */
const mostFound = 2_000;
/** So many places are tried; beyond, the time that a text of nothing but numbers takes would have no bound. */
const mostTries = 4_000;
const inner = new RegExp(neighbour);
const separators = /[ .\-:_/()]/g;

/** Numbers that name a person: cards, accounts, national ids. Where several kinds fit one number, each is said. */
export function findIds(text: string): Personal[] {
  const found: Personal[] = [];
  const add = (one: Personal) => {
    // Some kinds have several shapes; one that fits two is said once.
    const last = found.at(-1);
    if (last?.kind !== one.kind || last.start !== one.start) found.push(one);
  };
  // Stretches overlap by what may stand around their digits; no place is looked at twice.
  let done = 0;
  let tries = 0;
  digits.lastIndex = 0;
  for (let match = digits.exec(text); match; match = digits.exec(text)) {
    const from = Math.max(done, match.index - before);
    const to = Math.min(text.length, digits.lastIndex + behind);
    done = to;
    for (let at = from; at < to && found.length < mostFound && tries < mostTries; at++) {
      const code = text.charCodeAt(at);
      const digit = code >= 48 && code <= 57;
      if (!digit && !((code | 32) >= 97 && (code | 32) <= 122)) continue;
      // One look at each word's beginning; the rest of the word begins nothing.
      if ((at === 0 || !isWord(text.charCodeAt(at - 1))) && hasDigits(text, at, digit ? 14 : 24, digit ? 5 : 4)) {
        tries += 1;
        for (const rule of digit ? digitLed : letterLed) look(text, at, rule, add);
      }
      while (at + 1 < to && isWord(text.charCodeAt(at + 1))) at += 1;
    }
  }
  for (const rule of wholes) {
    rule.pattern.lastIndex = 0;
    for (let match = rule.pattern.exec(text); match && found.length < mostFound; match = rule.pattern.exec(text)) judge(text, match.index, match[0], rule, add);
  }
  return found;
}

function look(text: string, at: number, rule: Rule, add: (one: Personal) => void): void {
  rule.pattern.lastIndex = at;
  const match = rule.pattern.exec(text);
  if (match) judge(text, at, match[0], rule, add);
}

function judge(text: string, start: number, match: string, rule: Rule, add: (one: Personal) => void): void {
  const raw = rule.fit ? match.slice(0, rule.fit(match)) : match;
  const end = start + raw.length;
  // What was left out of a match is no border of a word.
  if (inner.test(text[end] ?? ' ')) return;
  const compact = (rule.signs ? raw : raw.replace(separators, '')).toUpperCase();
  if (rule.valid && !rule.valid(compact)) return;
  const named = rule.context.test(`${text.slice(Math.max(0, start - 60), start)} ${text.slice(end, end + 40)}`.toLowerCase());
  if (rule.needsContext && !named) return;
  const alone = compact.length < raw.length ? (rule.formatted ?? rule.alone) : rule.alone;
  add({ kind: rule.kind, start, end, named, score: rule.needsContext ? 0.4 : named ? Math.min(0.95, Math.max(alone, 0.5) + 0.3) : alone });
}

/** Whether enough digits are near: every kind has so many in its first characters. */
function hasDigits(text: string, from: number, within: number, least: number): boolean {
  let count = 0;
  for (let at = from; at < from + within && at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57 && ++count >= least) return true;
  }
  return false;
}

const isWord = (code: number): boolean => (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || (code >= 0xc0 && code <= 0x24f);
