import { domainToASCII } from 'node:url';
import { getDomain } from 'tldts';

const MOST = 32;
/** Looked at of one text (characters). */
const LONGEST = 16_384;
/** What stands for a name that cannot be written in plain letters: no agent mails it usually. */
export const UNREADABLE = '(an unreadable domain)';

// Both begin at a fixed sign and take a bounded run, so they are linear.
const afterAt = /(?<=\S)@([a-z0-9\u0080-\uffff][a-z0-9.\-\u0080-\uffff]{0,252})/gi;
const afterSlashes = /:\/\/(?:[^\s/@?#]{0,128}@)?(\[[0-9a-f:.]{2,45}\]|[a-z0-9\u0080-\uffff][a-z0-9.\-\u0080-\uffff]{0,252})/gi;

/**
 * The domains that a text's addresses lead to, each once: what a registrar sells, in lower case and punycode. Names that
 * only look alike stay apart, and nothing in the result can change the direction of a sentence that it stands in.
 */
export function destinationsOf(text: string): string[] {
  const looked = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  if (!looked.includes('@') && !looked.includes('://')) return [];
  const found = new Set<string>();
  for (const pattern of [afterAt, afterSlashes]) {
    for (const match of looked.matchAll(pattern)) {
      const name = plainDomain(match[1]!);
      if (name !== undefined) found.add(name);
      if (found.size >= MOST) return [...found];
    }
  }
  return [...found];
}

/** The last that were asked for: an agent writes to the same few places. */
const known = new Map<string, string | undefined>();
const MOST_KNOWN = 2_048;

function plainDomain(raw: string): string | undefined {
  if (known.has(raw)) return known.get(raw);
  if (known.size >= MOST_KNOWN) known.clear();
  const name = readDomain(raw);
  known.set(raw, name);
  return name;
}

function readDomain(raw: string): string | undefined {
  if (raw.startsWith('[')) return raw.toLowerCase();
  const lower = raw.toLowerCase().replace(/[.-]{1,253}$/, '');
  const ascii = domainToASCII(lower);
  if (!/^[a-z0-9_.-]{1,253}$/.test(ascii)) return UNREADABLE;
  return getDomain(ascii, { allowPrivateDomains: true }) ?? ascii;
}
