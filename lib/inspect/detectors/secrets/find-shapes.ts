import type { Secret } from './find-secrets';
import { looksMadeUp } from './secret-values';
import { middles, shapes } from './shapes';

const compiled = shapes.map(([label, beginning, rest]) => ({ label, beginning, rest: new RegExp(`${rest}(?![A-Za-z0-9_])`, 'y') }));
/** By the first two characters of their beginnings, so that the text is gone through once and not for each of them. */
const byBeginning: (readonly (typeof compiled)[number][] | undefined)[] = Array.from({ length: 128 * 128 });
for (const shape of compiled) {
  const key = (shape.beginning.charCodeAt(0) << 7) | shape.beginning.charCodeAt(1);
  byBeginning[key] = [...(byBeginning[key] ?? []), shape];
}

const pemBegins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const pemEnds = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const longestPem = 20_000;
/** Header and claims are JSON objects in base64url, so both begin like `{"`; what is not signed ends with the dot or without. */
const jwt = /ey[A-Za-z0-9][A-Za-z0-9_-]{7,4000}\.ey[A-Za-z0-9][A-Za-z0-9_-]{7,8000}(?:\.[A-Za-z0-9_-]{0,2000}){0,3}/y;
const discord = /(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9_-])/g;

/** Within a match of the same shape so many more are judged; whatever goes on like that counts as a key. */
const mostWithin = 16;
/** A text that repeats a fixed part more often than this is no list of keys. */
const mostTries = 1_000;

/** Secrets that are known by their build: providers' tokens, private keys, JSON web tokens. */
export function findShapes(text: string): Secret[] {
  const found: Secret[] = [];
  const take = (label: string, start: number, end: number, body: string) => found.push({ label, start, end, score: looksMadeUp(body) ? 0.2 : 0.9 });

  takeKeys(text, found);
  takeWebTokens(text, found);
  let within = false;
  let inRow = 0;
  let reached = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!within && code < 128) {
      const next = text.charCodeAt(at + 1);
      for (const { label, beginning, rest } of (next < 128 && byBeginning[(code << 7) | next]) || none) {
        if (!text.startsWith(beginning, at)) continue;
        rest.lastIndex = at + beginning.length;
        const match = rest.exec(text);
        if (!match) continue;
        inRow = at < reached ? inRow + 1 : 0;
        reached = Math.max(reached, rest.lastIndex);
        const last = found.at(-1);
        if (inRow <= mostWithin || last?.label !== label) take(label, at, rest.lastIndex, match[0]);
        else { last.end = Math.max(last.end, rest.lastIndex); last.score = 0.9; }
      }
    }
    within = goesOn(code);
  }
  for (const { label, fixed, before, back, most, pattern } of middles) {
    let tries = 0;
    for (let at = text.indexOf(fixed); at >= 0 && tries < mostTries; at = text.indexOf(fixed, at + fixed.length)) {
      if (!before.test(text[at - 1] ?? '')) continue;
      tries += 1;
      const from = Math.max(0, at - back - 1);
      const match = pattern.exec(text.slice(from, at + most));
      if (match) take(label, from + match.index, from + match.index + match[0].length, match[0]);
    }
  }
  discord.lastIndex = 0;
  for (let match = discord.exec(text); match; match = discord.exec(text)) take('Discord token', match.index, discord.lastIndex, match[0]);
  return found;
}

const claims = /\.ey[A-Za-z0-9][A-Za-z0-9_-]{7}/y;
/** So many beginnings of one run of base64 are tried: a token has one. */
const mostBeginnings = 64;

/** JSON web tokens. Where a run of base64 ends is looked for once, and whether claims follow there, whatever begins in it. */
function takeWebTokens(text: string, found: Secret[]): void {
  let end = 0;
  let isHeader = false;
  let tries = 0;
  for (let at = text.indexOf('ey'); at >= 0; at = text.indexOf('ey', at + 2)) {
    if (!beginsWord(text, at)) continue;
    if (at >= end) {
      end = at + 2;
      while (end < text.length && isOfToken(text.charCodeAt(end))) end += 1;
      claims.lastIndex = end;
      isHeader = claims.test(text);
      tries = 0;
    }
    if (!isHeader || tries++ >= mostBeginnings) continue;
    jwt.lastIndex = at;
    const match = jwt.exec(text);
    if (match && isObject(match[0])) found.push({ label: 'JSON web token', start: at, end: (at = jwt.lastIndex), score: 0.9 });
  }
}

const isOfToken = (code: number): boolean => code === 45 || code === 95 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** Private keys as PEM writes them, to where they end or the text does. The ends are looked for once, whatever begins before them. */
function takeKeys(text: string, found: Secret[]): void {
  let end: RegExpExecArray | null | undefined;
  for (let at = text.indexOf('-----BEGIN '); at >= 0; at = text.indexOf('-----BEGIN ', at + 11)) {
    pemBegins.lastIndex = at;
    if (!pemBegins.test(text)) continue;
    const from = pemBegins.lastIndex;
    if (end === undefined || (end !== null && end.index < from)) {
      pemEnds.lastIndex = from;
      end = pemEnds.exec(text);
    }
    const to = end !== null && end.index - from <= longestPem ? end.index + end[0].length : text.length - from <= longestPem ? text.length : undefined;
    if (to === undefined) continue;
    found.push({ label: 'private key', start: at, end: to, score: 0.95 });
    // Another may begin right behind it.
    at = to - 11;
  }
}

const none: readonly (typeof compiled)[number][] = [];

const beginsWord = (text: string, at: number): boolean => at === 0 || !goesOn(text.charCodeAt(at - 1));

/** Whether what stands behind this character begins no word. A full stop before it makes it the ending of a file's name. */
const goesOn = (code: number): boolean => code === 46 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** What a token's header decodes to begins and ends like a JSON object. */
function isObject(token: string): boolean {
  return /^\{\s{0,8}"[\s\S]{0,4000}\}\s{0,8}$/.test(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString('latin1'));
}
