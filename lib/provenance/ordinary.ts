/** What texts and arguments are full of without one having come from the other. */
const WORDS = new Set(
  `true false null none undefined default unknown other yes okay auto test hello thanks please regards high medium low normal urgent critical open opened closed close pending active inactive
  enabled disabled done draft public private internal external shared text html json plain markdown utf-8 string number boolean object array name title subject body message email mail phone
  address user users admin customer client order invoice payment account amount total price date time today tomorrow yesterday week month year list item items file files folder path page
  main master branch status state type kind value data result results error errors success failed read write send sent create created update updated delete deleted search find query report
  note notes comment ticket issue task general team support sales info http https www.example.com example.com example.org gmail.com googlemail.com outlook.com hotmail.com yahoo.com icloud.com
  github.com google.com docs.google.com drive.google.com localhost 127.0.0.1 0.0.0.0 index.html readme.md text/plain text/html application/json`.split(/\s+/),
);
const DATE = /^(?:(?:19|20)\d{2}|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(?:\d{4}-\d{2}-\d{2}[t ])?\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:z|[+-]\d{2}:?\d{2})?)$/;
const NUMBER = /^[+-]?[\d.,' ]{1,80}%?$/;
const UNSPACED = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const WORD = /^\p{L}[\p{L}'-]{0,14}$/u;

/** A piece of any text is looked for from this length on; a shorter one where it stands as a word of its own. */
const LEAST_PIECE = 8;
/** Of writing without spaces so many characters say as much. */
const LEAST_UNSPACED = 6;
const LEAST_WORD = 4;
const LEAST_DIGITS = 5;
const MANY_DIGITS = 8;

export const isDate = (folded: string): boolean => DATE.test(folded);

/** A single word of a language: many texts hold it, so a person's own use of it counts before anybody else's. */
export const isPlainWord = (folded: string): boolean => WORD.test(folded) && !UNSPACED.test(folded);

/** Whether a folded piece is long and various enough to be looked for at all. */
export const saysEnough = (folded: string): boolean => folded.length >= LEAST_WORD && !alike(folded);

/** What nobody is the source of but a person who wrote it: common words, dates, small and round numbers. */
export const isOrdinary = (folded: string): boolean => WORDS.has(folded) || DATE.test(folded) || (NUMBER.test(folded) && !hasEnoughDigits(folded));

/** Whether a folded piece says enough for where it stands to mean something. */
export const isTraceable = (folded: string): boolean => saysEnough(folded) && !isOrdinary(folded);

/** Whether a piece may be found in the middle of a word. */
export const standsAlone = (folded: string): boolean => folded.length >= (UNSPACED.test(folded) ? LEAST_UNSPACED : LEAST_PIECE) && !isPlainWord(folded);

/** Account numbers and exact amounts; not round or small ones. */
export function hasEnoughDigits(number: string): boolean {
  const digits = number.replace(/\D/g, '');
  return digits.length >= MANY_DIGITS || digits.replace(/^0+|0+$/g, '').length >= LEAST_DIGITS;
}

/** A number as others may write it: with hundredths, and without any that are nought. Nothing for what is no number. */
export function numberForms(text: string): string[] {
  if (!NUMBER.test(text)) return [];
  const [, whole = '', fraction = ''] = /^([^%]*?)(?:[.,](\d{1,2}))?%?$/.exec(text) ?? [];
  const digits = whole.replace(/\D/g, '');
  const forms = new Set([digits + fraction.padEnd(2, '0'), digits + fraction, ...(/^0*$/.test(fraction) ? [digits] : [])]);
  forms.delete(text);
  return [...forms].filter(hasEnoughDigits);
}

/** One sign over and over, and what has fewer than four letters or digits. */
function alike(folded: string): boolean {
  let first = '';
  let different = false;
  let signs = 0;
  for (const sign of folded) {
    if (!isSign(sign.charCodeAt(0))) continue;
    signs += 1;
    if (first === '') first = sign;
    else if (sign !== first) different = true;
    if (different && signs >= LEAST_WORD) return false;
  }
  return true;
}

/** Whether a code unit of folded text is part of a word: a letter or digit, or anything beyond ASCII that is no space or punctuation. */
export const isSign = (code: number): boolean =>
  code < 0x80 ? (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
    : code > 0xbf ? !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f) && code !== 0xd7 && code !== 0xf7 : code === 0xaa || code === 0xb5 || code === 0xba;
