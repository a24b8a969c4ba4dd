import { getDomain, parse as partsOfHost } from 'tldts';
import { isOfMailbox, isPair, kindAt, kindOfUnit, LETTER, NUMBER } from '../../characters';

/** Somewhere that a text could lead to or be sent to. `host` is what a browser or a mail program would connect to: lower case, punycode, addresses in their usual form. */
export type Destination = { kind: 'url' | 'mail' | 'name'; start: number; end: number; host: string; /** What a registrar sells; the host itself where that is nothing. */ domain: string; /** As written, between scheme and path. */ authority: string; url?: URL };

const address = /(?<![A-Za-z])(?:https?|wss?|ftp):[\\/]{2}[^\s<>"'`|^{}]{1,4096}/gi;
const mailDomain = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}])/uy;
const name = /(?<![\p{L}\p{N}@/._%=-])(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,18})(?![\p{L}\p{N}@_(=-]|\.\p{L})/uy;
/** Both bound the time that a text of nothing but names can take. */
const mostDestinations = 200;
const mostNames = 1_000;

/** The destinations in a text: web addresses, mail addresses, and names of hosts that stand alone. */
export function findDestinations(text: string): Destination[] {
  const found: Destination[] = [];
  if (text.includes('//') || text.includes(':\\')) {
    address.lastIndex = 0;
    for (let match = address.exec(text); match && found.length < mostDestinations; match = address.exec(text)) {
      const raw = withoutEnd(match[0]);
      const parsed = parse(raw);
      if (parsed) found.push({ kind: 'url', start: match.index, end: match.index + raw.length, ...hosted(parsed.hostname), authority: /^[a-z]+:[\\/]+([^\\/?#]*)/i.exec(raw)?.[1] ?? '', url: parsed });
    }
  }
  for (let at = text.indexOf('@'); at >= 0 && found.length < mostDestinations; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < 64 && isOfMailbox(text.charCodeAt(start - 1))) start -= 1;
    mailDomain.lastIndex = at + 1;
    const host = start < at ? mailDomain.exec(text)?.[0] : undefined;
    const parsed = host === undefined || covered(found, at) ? undefined : parse(`http://${host}`);
    if (parsed) found.push({ kind: 'mail', start, end: at + 1 + host!.length, ...hosted(parsed.hostname), authority: host! });
  }
  let names = 0;
  for (const start of beginningsIn(text)) {
    name.lastIndex = start;
    const match = name.exec(text);
    if (!match) continue;
    if (found.length >= mostDestinations || names++ >= mostNames) break;
    if (covered(found, start)) continue;
    const parsed = parse(`http://${match[0]}`);
    if (parsed && isSold(parsed.hostname)) found.push({ kind: 'name', start, end: start + match[0].length, ...hosted(parsed.hostname), authority: match[0] });
  }
  return found;
}

/** Where names could begin: from each full stop back to where what it stands in begins, once for each such run. Every character is looked at once at most. */
function* beginningsIn(text: string): Generator<number> {
  let done = 0;
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    let start = dot;
    while (start > done && isOfRun(text, start)) start -= isPair(text, start - 2, start) ? 2 : 1;
    // What reaches back to the full stop before is the same run.
    if (start > done || done === 0) { if (start < dot) yield start; }
    done = dot + 1;
  }
}

const inRun = new Set([...'@/._%=-'].map((character) => character.charCodeAt(0)));

/** Whether the character that ends there is one of those that a name, a path or a mail address is made of. */
function isOfRun(text: string, end: number): boolean {
  if (end >= 2 && isPair(text, end - 2, end)) return (kindAt(text, end - 2, end) & (LETTER | NUMBER)) !== 0;
  const code = text.charCodeAt(end - 1);
  return (kindOfUnit(code) & (LETTER | NUMBER)) !== 0 || inRun.has(code);
}

/** Whether a name ends in something that domains are really sold under, which `index.ts` does not. */
function isSold(host: string): boolean {
  const { isIcann, isPrivate } = partsOfHost(host, { allowPrivateDomains: true });
  return isIcann === true || isPrivate === true;
}

const covered = (found: readonly Destination[], at: number): boolean => found.some((one) => at >= one.start && at < one.end);

function parse(raw: string): URL | undefined {
  return URL.canParse(raw) ? new URL(raw) : undefined;
}

function hosted(hostname: string): { host: string; domain: string } {
  const host = hostname.replace(/\.$/, '');
  return { host, domain: getDomain(host, { allowPrivateDomains: true }) ?? host };
}

/** Punctuation that ends a sentence, a link or a bracket is none of the address. */
function withoutEnd(raw: string): string {
  let end = raw.length;
  while (end > 0) {
    const character = raw[end - 1]!;
    if (/[.,;:!?*_~]/.test(character) || (character === ')' && !raw.slice(0, end - 1).includes('(')) || (character === ']' && !raw.slice(0, end - 1).includes('['))) end -= 1;
    else break;
  }
  return raw.slice(0, end);
}
