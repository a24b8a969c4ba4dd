import type { Sighting } from '../../detector';

/** Text that is there for a machine and not for whoever looks: what it says where that can be read, and where it stands. */
export type Hidden = { text: string; kind: 'hidden_text' | 'bidi_text' | 'zero_width'; span: [start: number, end: number]; score: number };

const TAGS = /(?:\udb40[\udc20-\udc7f]){4,4096}/g;
const SELECTORS = /(?:\udb40[\udd00-\uddef]|[\ufe00-\ufe0f]){6,4096}/g;
const OVERRIDE = /[\u202d\u202e]([^\u202c\n]{2,400})/g;
/** Between two Latin letters nothing invisible belongs; other scripts join and part their letters with them. */
const BROKEN = /(?<=[A-Za-z])[\u200b-\u200d\u2060\ufeff]{1,8}(?=[A-Za-z])/g;
const RUN = /[\u200b-\u200d\u2060-\u2064\ufeff]{8,4096}/g;
const ANY = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]|\udb40/;
const MOST = 8;

export function hiddenIn(text: string): Hidden[] {
  if (!ANY.test(text)) return [];
  const found: Hidden[] = [];
  const add = (pattern: RegExp, kind: Hidden['kind'], score: number, read: (found: string) => string) => {
    for (const match of text.matchAll(pattern)) {
      if (found.length >= MOST) return;
      // The flags of Scotland and Wales are a black flag and tags.
      if (pattern === TAGS && text.slice(match.index - 2, match.index) === '\ud83c\udff4') continue;
      found.push({ text: read(match[0]), kind, score, span: [match.index, match.index + match[0].length] });
    }
  };
  add(TAGS, 'hidden_text', 0.99, (tags) => [...tags].map((tag) => String.fromCharCode(tag.codePointAt(0)! - 0xe0000)).join(''));
  add(SELECTORS, 'hidden_text', 0.95, (selectors) => Buffer.from([...selectors].map((one) => { const code = one.codePointAt(0)!; return code >= 0xe0100 ? code - 0xe0100 + 16 : code - 0xfe00; })).toString('utf8'));
  add(OVERRIDE, 'bidi_text', 0.8, (run) => (run.startsWith('\u202e') ? [...run.slice(1)].reverse().join('') : run.slice(1)));
  add(RUN, 'zero_width', 0.9, (run) => bitsOf(run));
  const broken = [...text.matchAll(BROKEN)];
  if (broken.length >= 3 && found.length < MOST) {
    const last = broken.at(-1)!;
    found.push({ text: '', kind: 'zero_width', score: 0.7, span: [broken[0]!.index, last.index + last[0].length] });
  }
  return found;
}

/** Two kinds of invisible letters, written as zeros and ones, eight to a letter. */
function bitsOf(run: string): string {
  const [zero] = run;
  const bits = [...run].map((letter) => (letter === zero ? '0' : '1')).join('');
  const bytes: number[] = [];
  for (let i = 0; i + 8 <= bits.length; i += 8) bytes.push(Number.parseInt(bits.slice(i, i + 8), 2));
  const text = Buffer.from(bytes).toString('utf8');
  return /^[\x20-\x7e\s]{3,}$/.test(text) ? text : '';
}

export const sightingOf = ({ kind, score, span }: Hidden): Sighting => ({ kind, severity: score >= 0.9 ? 'high' : 'medium', score, span });
