import { carriers } from './known-hosts';

/** What an address carries that no reader of it needs: a text in base64, hex or percent-encoding, or a long stretch of noise. */
export type Carried = { how: 'encoded_text' | 'noise' | 'labels' | 'much'; piece: string };

const segment = /[^/?&=#;,.]+/g;
const mostPieces = 200;

/** Data in an address's host, path, query or fragment. Ids of objects are short or hexadecimal of known lengths, so a stretch of 40 characters that is neither is data. */
export function carriedBy(url: URL, domain: string): Carried | undefined {
  const labels = url.hostname.slice(0, Math.max(0, url.hostname.length - domain.length - 1)).split('.');
  const spelled = labels.join('');
  if (!carriers.has(domain)) {
    const longest = labels.reduce((a, b) => (b.length > a.length ? b : a), '');
    if (longest.length >= 24 && (decodes(longest) || evenness(longest) > 0.8)) return { how: 'labels', piece: longest };
    if (labels.length >= 4 && spelled.length >= 48 && evenness(spelled) > 0.7) return { how: 'labels', piece: spelled };
  }
  const rest = `${url.pathname}${url.search}${url.hash}`;
  if (rest.length < 24) return undefined;
  let pieces = 0;
  segment.lastIndex = 0;
  for (let match = segment.exec(rest); match && pieces < mostPieces; match = segment.exec(rest), pieces++) {
    const piece = plain(match[0]);
    if (piece.length < 16) continue;
    if (decodes(piece)) return { how: 'encoded_text', piece };
    if (piece.length >= 40 && !isId(piece) && evenness(piece) > 0.75) return { how: 'noise', piece };
  }
  return url.search.length > 400 ? { how: 'much', piece: url.search } : undefined;
}

function plain(piece: string): string {
  try { return decodeURIComponent(piece.replaceAll('+', ' ')); } catch { return piece; }
}

const isId = (piece: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i.test(piece) || /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.test(piece) || /^[A-Za-z]+(?:[-_ ][A-Za-z0-9]{1,24})+$/.test(piece);

/** Whether a piece is text in base64 or hex: it decodes to letters, digits, spaces and punctuation alone. */
function decodes(piece: string): boolean {
  if (/^[0-9a-f]+$/i.test(piece) && piece.length % 2 === 0 && piece.length >= 24) return readable(Buffer.from(piece, 'hex'));
  if (!/^[A-Za-z0-9+/_ -]{16,}={0,2}$/.test(piece) || /^[A-Za-z]+$/.test(piece) && /^[A-Z]?[a-z]+$/.test(piece)) return false;
  return readable(Buffer.from(piece.replaceAll(' ', '+'), 'base64'));
}

function readable(bytes: Buffer): boolean {
  if (bytes.length < 12) return false;
  let letters = 0;
  for (const byte of bytes) {
    if ((byte < 32 || byte > 126) && byte !== 9 && byte !== 10 && byte !== 13) return false;
    if (byte === 32 || byte === 64 || byte === 58 || (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57)) letters += 1;
  }
  return letters > bytes.length * 0.7;
}

/** How evenly characters are spread, against the most that a stretch of that length can reach in base64: words stay under 0.7. */
function evenness(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  const mixed = /\d/.test(text) && /[A-Za-z]/.test(text) ? 1 : 0.8;
  return (mixed * bits) / Math.log2(Math.min(64, text.length));
}
