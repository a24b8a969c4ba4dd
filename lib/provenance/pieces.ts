import { hasEnoughDigits, isDate, isPlainWord, isTraceable } from './ordinary';

/**
 * A piece of a folded text that means something alone. What was found of a `whole` is accounted for; a `part` of an address only says
 * where that part was seen, and is looked for only where the whole address was not seen.
 */
export type Piece = { readonly text: string; readonly start: number; readonly parts: readonly Piece[] };

const TOKEN = /[^\s"'`<>()[\]{}|,;]{4,2000}/g;
const EDGE = '.:!?*_~#=&-';
const NO_NAME = '@:/=&?#\\';
const DOMAIN = /[a-z0-9.-]{3,253}/y;
const HOST = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8}$/;
const URL_HOST = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/@?#]{0,100}@)?([^/:?#@]{3,253})/;
const SEPARATORS = /[^/\\?&=#:+%@]{4,200}/g;
const MOST_TOKENS = 1_000;
const MOST_PARTS = 24;
const LEAST_PART = 6;

/** Addresses, links, paths, numbers and names with a digit or sign in them; words of a language are not. */
export function piecesOf(folded: string): Piece[] {
  const found: Piece[] = [];
  for (const match of folded.matchAll(TOKEN)) {
    if (found.length >= MOST_TOKENS) break;
    const [token] = match;
    let lead = 0;
    let end = token.length;
    while (lead < end && EDGE.includes(token[lead]!)) lead += 1;
    while (end > lead && EDGE.includes(token[end - 1]!)) end -= 1;
    const text = token.slice(lead, end);
    if (isDistinct(text)) found.push({ text, start: match.index + lead, parts: partsOf(text, match.index + lead) });
  }
  return found;
}

/** Whether a token is more than a word. */
function isDistinct(token: string): boolean {
  if (!isTraceable(token) || isDate(token)) return false;
  if (/\d/.test(token)) return token.length >= 5 || hasEnoughDigits(token);
  return /[@./\\:_=-]/.test(token) && token.length >= (token.includes('@') || HOST.test(token) ? 4 : 8);
}

/** The parts of an address, link, path or setting. */
function partsOf(token: string, start: number): Piece[] {
  const found: Piece[] = [];
  const add = (text: string, at: number) => {
    if (found.length < MOST_PARTS && text !== token && isTraceable(text) && !found.some((other) => other.text === text)) found.push({ text, start: start + at, parts: [] });
  };
  for (let at = token.indexOf('@'); at >= 0 && found.length < MOST_PARTS; at = token.indexOf('@', at + 1)) {
    let from = at;
    while (from > 0 && at - from < 64 && !NO_NAME.includes(token[from - 1]!)) from -= 1;
    DOMAIN.lastIndex = at + 1;
    const domain = DOMAIN.exec(token)?.[0];
    if (domain === undefined || from === at) continue;
    add(token.slice(from, at + 1 + domain.length), from);
    add(domain, at + 1);
    addParents(domain, at + 1, add);
    if (at - from >= LEAST_PART) add(token.slice(from, at), from);
  }
  const host = URL_HOST.exec(token)?.[1];
  if (host !== undefined) {
    add(host, token.indexOf(host));
    addParents(host, token.indexOf(host), add);
  } else if (HOST.test(token)) addParents(token, 0, add);
  for (const { 0: part, index } of token.matchAll(SEPARATORS)) if (part.length >= LEAST_PART && !isPlainWord(part)) add(part, index);
  return found;
}

/** `mail.relay.example` is part of what whoever wrote `relay.example` spoke of. */
function addParents(domain: string, at: number, add: (text: string, at: number) => void): void {
  const labels = domain.split('.');
  if (/^[\d.]+$/.test(domain)) return;
  for (let from = 1; from <= labels.length - 2 && from <= 3; from++) {
    const parent = labels.slice(from).join('.');
    add(parent, at + domain.length - parent.length);
  }
}
