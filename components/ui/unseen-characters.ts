/** Why a character cannot be taken at face value. */
export type UnseenKind = 'invisible' | 'bidi' | 'control' | 'space' | 'variation' | 'private' | 'broken';

const invisible = new Set<number>([
  0x00ad, 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180e, 0x180f, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064,
  0x2065, 0x206a, 0x206b, 0x206c, 0x206d, 0x206e, 0x206f, 0x2800, 0x3164, 0xfeff, 0xffa0, 0xfff9, 0xfffa, 0xfffb, 0xfffc,
]);
const bidi = new Set<number>([0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069]);
const spaces = new Set<number>([0x00a0, 0x1680, 0x202f, 0x205f, 0x3000, 0x2028, 0x2029]);
const undrawable = /^[\p{Cn}\p{Co}]$/u;
const otherFormat = /^\p{Cf}$/u;

/** Says what is wrong with a code point, or null when it can be drawn as it is. Tab and line feed are drawn by the page. */
export function unseenKind(code: number): UnseenKind | null {
  if (code === 0x09 || code === 0x0a || (code >= 0x20 && code < 0x7f)) return null;
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return 'control';
  if (bidi.has(code)) return 'bidi';
  if (invisible.has(code)) return 'invisible';
  if (spaces.has(code) || (code >= 0x2000 && code <= 0x200a)) return 'space';
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef)) return 'variation';
  if (code >= 0xd800 && code <= 0xdfff) return 'broken';
  if (code >= 0x1d173 && code <= 0x1d17a) return 'invisible';
  if (code < 0x0600) return null;
  const character = String.fromCodePoint(code);
  if (undrawable.test(character)) return 'private';
  return otherFormat.test(character) ? 'invisible' : null;
}

/** Tag characters (U+E0000 to U+E007F) spell ASCII that no screen shows: the usual carrier of smuggled orders. */
export const isTag = (code: number) => code >= 0xe0000 && code <= 0xe007f;

export const tagLetter = (code: number) => (code >= 0xe0020 && code <= 0xe007e ? String.fromCharCode(code - 0xe0000) : '');

export const codeName = (code: number) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

const names: Record<number, string> = {
  0x00ad: 'soft hyphen', 0x00a0: 'no-break space', 0x061c: 'Arabic letter mark', 0x200b: 'zero-width space', 0x200c: 'zero-width non-joiner', 0x200d: 'zero-width joiner',
  0x200e: 'left-to-right mark', 0x200f: 'right-to-left mark', 0x202a: 'left-to-right embedding', 0x202b: 'right-to-left embedding', 0x202c: 'end of embedding',
  0x202d: 'left-to-right override', 0x202e: 'right-to-left override', 0x2066: 'left-to-right isolate', 0x2067: 'right-to-left isolate', 0x2068: 'first strong isolate',
  0x2069: 'end of isolate', 0x2060: 'word joiner', 0xfeff: 'byte order mark', 0x3164: 'Hangul filler', 0x2028: 'line separator', 0x2029: 'paragraph separator', 0x0d: 'carriage return',
  0x1b: 'escape', 0x00: 'null',
};
const kinds: Record<UnseenKind, string> = {
  invisible: 'invisible character', bidi: 'changes the direction of text', control: 'control character', space: 'unusual space', variation: 'variation selector',
  private: 'has no agreed shape', broken: 'half a character',
};

export const unseenName = (code: number, kind: UnseenKind) => names[code] ?? kinds[kind];
