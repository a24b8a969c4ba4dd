import { OffsetsBuilder, type Offsets } from './offsets';

/** How a text was recognised where it did not stand there as it is. */
export type Via = 'url' | 'entities' | 'escapes' | 'quoted-printable' | 'base64' | 'hex' | 'separators' | 'reversed';
export type Rewritten = { readonly text: string; readonly offsets: Offsets | undefined; readonly via: Via };

/** A text of nothing but escapes would cost more than anybody writes on purpose. */
const MOST_MATCHES = 8_000;

/** The text with each match replaced by what `decode` makes of it; undefined matches stay, and undefined comes back where nothing changed. */
export function rewrite(text: string, pattern: RegExp, decode: (match: string) => { text: string; via: Via } | undefined): Rewritten | undefined {
  const offsets = new OffsetsBuilder();
  const parts: string[] = [];
  let from = 0;
  let via: Via | undefined;
  let left = MOST_MATCHES;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null && left > 0; match = pattern.exec(text), left--) {
    const decoded = decode(match[0]);
    if (decoded === undefined) continue;
    via ??= decoded.via;
    parts.push(text.slice(from, match.index), decoded.text);
    offsets.add(match.index - from, from, match.index);
    from = match.index + match[0].length;
    offsets.add(decoded.text.length, match.index, from);
  }
  if (via === undefined) return undefined;
  parts.push(text.slice(from));
  offsets.add(text.length - from, from, text.length);
  return { text: parts.join(''), offsets: offsets.done(), via };
}

/** Bytes as text: UTF-8, or one character a byte where they are not that. */
export function bytesToText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}
