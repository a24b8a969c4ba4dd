import { CONTROL, isPair, kindAt, LETTER } from '../../characters';
import { glanceAt } from './glance';

/** A text that was hidden in another by writing it otherwise, and where that stands. */
export type Decoded = { text: string; how: string; span: [start: number, end: number] };

const LONGEST = 8_192;
const MOST = 12;
const LEAST_BASE64 = 24;
const SMALL_ROT13 = /\b(?:gur|naq|bs|gb|lbh|sbe|nyy|guvf|jvgu|lbhe|abg|vf|ner)\b/gi;
const SMALL_REVERSED = /\b(?:eht|dna|uoy|rof|lla|siht|htiw|ruoy|ton|morf|taht)\b/gi;
const SMALL_PLAIN = /\b(?:the|and|of|to|you|for|all|this|with|your|not|is|are)\b/gi;
const LEET: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '@': 'a', $: 's', '!': 'i', '|': 'l' };
const LEET_HINT = /[a-z][013457@$][a-z]|\b[013457@$][a-z]{2}/gi;
const LEET_WORD = /(?<![\w@$])(?=[a-z@$0-9!]{0,24}[a-z])(?=[a-z@$0-9!]{0,24}[013457@$])[a-z013457@$!]{3,24}(?![\w@$])/gi;

type Way = { how: string; pattern: RegExp; read(found: string): string | undefined };
const ways: readonly Way[] = [
  { how: 'hex', pattern: /(?:0x)?(?:[0-9a-fA-F]{2}[ :,]?){16,4096}/g, read: (found) => utf8(Buffer.from(found.replace(/0x|[ :,]/g, ''), 'hex')) },
  { how: 'escapes', pattern: /(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}){6,2048}/g, read: (found) => found.replace(/\\[ux]([0-9a-fA-F]{2,4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) },
  { how: 'percent', pattern: /(?:[A-Za-z0-9_.~-]{0,24}%[0-9a-fA-F]{2}){6,1024}[A-Za-z0-9_.~-]{0,64}/g, read: (found) => utf8(Buffer.from(found.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))), 'latin1')) },
  { how: 'entities', pattern: /(?:&#x?[0-9a-fA-F]{2,6};\s?){6,1024}/g, read: (found) => found.replace(/&#(x?)([0-9a-fA-F]{2,6});/g, (_, hex: string, code: string) => fromCode(Number.parseInt(code, hex ? 16 : 10))) },
  { how: 'spaced_letters', pattern: /(?<!\S)(?:\p{L}[ .*_-]{1,3}){8,512}\p{L}(?!\S)/gu, read: (found) => found.replace(/(\p{L})[ .*_-](?=\p{L})/gu, '$1').replace(/[ .*_-]{2,3}/g, ' ') },
];

/** Everything in a text that reads as words once it is decoded. Quick where there is nothing. */
export function decodedIn(text: string): Decoded[] {
  const found: Decoded[] = [];
  const glance = glanceAt(text);
  for (const [from, to] of glance.base64) {
    for (let start = from; to - start >= LEAST_BASE64;) {
      if (found.length >= MOST) return found;
      let end = Math.min(to, start + LONGEST);
      if (end === to) while (end < to + 2 && text[end] === '=') end++;
      const decoded = utf8(Buffer.from(text.slice(start, Math.min(end, start + LONGEST)), 'base64'));
      if (decoded !== undefined && readsAsWords(decoded, 2)) found.push({ text: decoded, how: 'base64', span: [start, end] });
      start = end;
    }
  }
  for (const { how, pattern, read } of ways) {
    if ((how === 'hex' && !glance.hex) || (how === 'spaced_letters' && !glance.spaced)) continue;
    if (how === 'percent' && !text.includes('%')) continue;
    if (how === 'entities' && !text.includes('&#')) continue;
    if (how === 'escapes' && !text.includes('\\')) continue;
    for (const match of text.matchAll(pattern)) {
      if (found.length >= MOST) return found;
      const decoded = read(match[0].slice(0, LONGEST));
      if (decoded !== undefined && readsAsWords(decoded, how === 'spaced_letters' ? 0 : 2)) found.push({ text: decoded, how, span: [match.index, match.index + match[0].length] });
    }
  }
  const turned = glance.rot13 >= 2 || glance.reversed >= 2;
  for (const line of turned ? linesOf(text) : []) {
    if (found.length >= MOST) break;
    const own = text.slice(line[0], line[1]);
    if (count(own, SMALL_ROT13) >= 2 && count(own, SMALL_PLAIN) === 0) found.push({ text: rot13(own), how: 'rot13', span: line });
    if (count(own, SMALL_REVERSED) >= 2 && count(own, SMALL_PLAIN) === 0) found.push({ text: [...own].reverse().join(''), how: 'reversed', span: line });
  }
  if (glance.leet < 3 || count(text, LEET_HINT) < 3) return found;
  const { plain } = glance;
  const leet = [...text.matchAll(LEET_WORD)].filter(([word]) => /[a-z]/i.test(word) && !/^\d+[a-z]{1,2}$|^[a-z]\d+$|^[0-9a-f]+$/i.test(word)).slice(0, 400);
  // Names of machines and versions have digits as well; a sentence of such words has not.
  if (leet.length >= 3 && leet.length * 4 >= plain && found.length < MOST) {
    const first = leet[0]!.index;
    const last = leet.at(-1)!;
    const span: [number, number] = [Math.max(0, first - 80), Math.min(text.length, last.index + last[0].length + 80)];
    if (span[1] - span[0] <= LONGEST && leet.length * 40 >= span[1] - span[0] - 160) found.push({ text: text.slice(...span).replace(LEET_WORD, (word) => word.replace(/[013457@$!]/g, (letter) => LEET[letter] ?? letter)), how: 'leet', span });
  }
  return found;
}

function utf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  // The same in UTF-16, which Windows tools write.
  const wide = bytes.toString('utf16le');
  return /^[\x20-\x7e\s]{8}/.test(wide) ? wide : undefined;
}

function fromCode(code: number): string { return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''; }

/** Letters and blanks for the greater part: what encodes a picture or a key decodes into neither. */
function readsAsWords(text: string, blanks: number): boolean {
  if (text.length < 8) return false;
  let letters = 0;
  let odd = 0;
  let gaps = 0;
  const length = Math.min(text.length, 2_000);
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 32) { gaps++; continue; }
    const kind = kindAt(text, at, length);
    if ((kind & LETTER) !== 0) letters++;
    else if ((kind & CONTROL) !== 0 && code !== 10 && code !== 13 && code !== 9) odd++;
    if (isPair(text, at, length)) at++;
  }
  const unspaced = /[\u3040-\u30ff\u4e00-\u9fff]{6}/.test(text);
  return odd === 0 && letters >= length * 0.55 && (gaps >= blanks || unspaced);
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => { const base = letter <= 'Z' ? 65 : 97; return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base); });
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

function linesOf(text: string): [number, number][] {
  const lines: [number, number][] = [];
  let from = 0;
  for (const match of text.matchAll(/\n|\\n|["|]/g)) { if (match.index - from > 12) lines.push([from, Math.min(match.index, from + LONGEST)]); from = match.index + match[0].length; }
  if (text.length - from > 12) lines.push([from, Math.min(text.length, from + LONGEST)]);
  return lines;
}
