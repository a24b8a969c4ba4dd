import { lookAlikes } from './made-up';

/** Ways in which attackers write what should be read and not seen. */
export const encoders = {
  base64: (text: string) => Buffer.from(text).toString('base64'),
  hex: (text: string) => Buffer.from(text).toString('hex'),
  hexspaced: (text: string) => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
  url: (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  rot13: (text: string) => text.replace(/[a-z]/gi, (letter) => { const base = letter <= 'Z' ? 65 : 97; return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base); }),
  homoglyph: (text: string) => [...text].map((letter) => lookAlikes[letter] ?? letter).join(''),
  zerowidth: (text: string) => [...text].join('\u200b'),
  /** In characters that no screen shows: U+E0000 and on. */
  tags: (text: string) => [...text].map((letter) => (letter >= ' ' && letter <= '~' ? String.fromCodePoint(0xe0000 + letter.charCodeAt(0)) : letter)).join(''),
  fullwidth: (text: string) => [...text].map((letter) => (letter > ' ' && letter <= '~' ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter)).join(''),
  entities: (text: string) => [...text].map((letter) => `&#${letter.codePointAt(0)};`).join(''),
  reversed: (text: string) => [...text].reverse().join(''),
  /** Written backwards, and shown forwards by a right-to-left override. */
  bidi: (text: string) => `\u202e${[...text].reverse().join('')}\u202c`,
  spaced: (text: string) => text.split(' ').map((word) => [...word].join(' ')).join('   '),
  escapes: (text: string) => [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
} as const;

const innermost = /\[\[([a-z0-9]+)\]\]((?:(?!\[\[)[\s\S])*?)\[\[\/\1\]\]/;

/** Encodes what stands between `[[name]]` and `[[/name]]`, the innermost first. */
export function encodeMarked(text: string): string {
  let rest = text;
  for (let found = innermost.exec(rest); found; found = innermost.exec(rest)) {
    const [whole, name, inner] = found as unknown as [string, string, string];
    if (!Object.hasOwn(encoders, name)) throw new Error(`"${name}" is no way of encoding; there are ${Object.keys(encoders).join(', ')}.`);
    rest = rest.slice(0, found.index) + encoders[name as keyof typeof encoders](inner) + rest.slice(found.index + whole.length);
  }
  return rest;
}
