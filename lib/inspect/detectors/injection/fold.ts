/** A text as it is read, and for each of its places the place in the text that it came from; none where nothing moved. */
export type Folded = { text: string; from: Int32Array | undefined };

const INVISIBLE = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/;
/** Letters of other scripts that look like Latin ones, and what they look like. */
const ALIKE = new Map([...'АаВСсЕеНІіЈјКМОоРрЅѕТХхУуЬԁԛԝһԀ'].map((letter, i) => [letter, [...'AaBCcEeHIiJjKMOoPpSsTXxYybdqwhd'][i]!]));
for (const [i, letter] of [...'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορικνυχ'].entries()) ALIKE.set(letter, [...'ABEZHIKMNOPTYXaopiknux'][i]!);

/**
 * The text without what does not show, with full-width and ornamental letters made plain, and letters of another script in a Latin word
 * read as what they look like. Words that are wholly Russian or Greek stay as they are.
 */
export function fold(text: string): Folded {
  if (readsAsIs(text)) return { text, from: undefined };
  const out: string[] = [];
  const from: number[] = [];
  let place = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    if (code < 0x80) { out.push(letter); from.push(place); }
    else if (!INVISIBLE.test(letter) && code < 0xe0000) {
      const plain = isOrnamental(code) ? letter.normalize('NFKC') : letter;
      for (let i = 0; i < plain.length; i++) { out.push(plain[i]!); from.push(place); }
    }
    place += letter.length;
  }
  readAlike(out);
  return { text: out.join(''), from: Int32Array.from(from) };
}

const CHANGES = 1;
const STAYS = 2;
/** By code unit, filled as they come. */
const changing = new Uint8Array(0x1_0000);
/** Whether nothing of a text changes: most have no more than a dash or an accent beyond ASCII. Pairs of code units are looked at one by one. */
function readsAsIs(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    let known = changing[code]!;
    if (known === 0) {
      const letter = String.fromCharCode(code);
      known = changing[code] = (code >= 0xd800 && code <= 0xdfff) || INVISIBLE.test(letter) || isOrnamental(code) || ALIKE.has(letter) ? CHANGES : STAYS;
    }
    if (known === CHANGES) return false;
  }
  return true;
}

/** Full-width, circled, squared and mathematical letters. */
const isOrnamental = (code: number): boolean => (code >= 0xff01 && code <= 0xff5e) || (code >= 0x1d400 && code <= 0x1d7ff) || (code >= 0x2460 && code <= 0x24ff) || (code >= 0x1f130 && code <= 0x1f189) || (code >= 0x2100 && code <= 0x214f);

function readAlike(letters: string[]): void {
  for (let start = 0; start < letters.length;) {
    let end = start;
    let latin = 0;
    let other = 0;
    while (end < letters.length) {
      const code = letters[end]!.charCodeAt(0);
      if ((code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) latin++;
      else if (ALIKE.has(letters[end]!)) other++;
      else break;
      end++;
    }
    if (latin > 0 && other > 0 && end - start >= 3) for (let i = start; i < end; i++) letters[i] = ALIKE.get(letters[i]!) ?? letters[i]!;
    start = Math.max(end, start + 1);
  }
}

/** The span in the text that a span of the folded one came from. */
export function unfold({ text, from }: Folded, start: number, end: number, length: number): [start: number, end: number] {
  if (!from) return [start, Math.min(end, length)];
  return [start < text.length ? from[start]! : length, end < text.length ? from[end]! : length];
}
