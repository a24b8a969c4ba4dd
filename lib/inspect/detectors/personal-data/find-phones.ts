import type { Personal } from './find-personal-data';

/** Runs of digits as people group them. What comes before and after is checked apart. */
const run = /\+?\(?\d{1,4}\)?(?:[ .\-/]{0,2}\(?\d{1,5}\)?){1,7}/g;
const words = /phone|\btel|mobile|\bcell|\bcall|\bfax|whatsapp|\bsms\b|\bcep\b|number is|one is|numara|número|numéro|móvil|celular|handy|\bnum\b|電話|手机|전화/;

/** Country codes as the ITU gives them out. */
const country = /^(?:1[2-9]|7[3-9]|20|21[1-368]|22\d|23\d|24\d|25[0-8]|26\d|27|29[0-17-9]|3[0-469]|35\d|37[0-8]|38[0-35-79]|4[013-9]|42[013]|5[1-8]|50\d|59\d|6[0-6]|67[02-9]|68[0-35-9]|69[0-2]|8[1246]|80[08]|85[02356]|88[06]|9[0-58]|96[0-8]|97[0-79]|99[2-68])/;
const northAmerican = /^(?:1[ .-]?)?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]\d{4}$/;
const somethingElse = /^(?:(?:19|20)\d\d[ .\-/][01]?\d[ .\-/][0-3]?\d|[0-3]?\d[ .\-/][01]?\d[ .\-/](?:19|20)\d\d|\d{1,3}(?:\.\d{1,3}){3}|\d{3}-\d{2}-\d{4}|\d{1,9}\.\d{1,9}|\d{1,3}(?: \d{3}){2,4})/;

const mostFound = 500;

/** Telephone numbers: international ones by country code and length, others by how they are written or by a word beside them. */
export function findPhones(text: string): Personal[] {
  const found: Personal[] = [];
  run.lastIndex = 0;
  for (let match = run.exec(text); match && found.length < mostFound; match = run.exec(text)) {
    const raw = match[0].replace(/[^\d)]+$/, '');
    const { index: start } = match;
    const end = start + raw.length;
    const digits = raw.replace(/\D/g, '');
    if (digits.length < 8 || digits.length > 15 || /[\d_]/.test(text[end] ?? '') || /^[A-Za-z]\w/.test(text.slice(end, end + 2)) || /[\w.]/.test(text[start - 1] ?? '')) {
      // A number may be glued to the word before it ("one is415-555-0132"), but not be the tail of another.
      if (!(digits.length >= 8 && digits.length <= 15 && /[a-z]{2}$/.test(text.slice(Math.max(0, start - 2), start)) && northAmerican.test(raw))) continue;
    }
    const score = scoreOf(raw, digits, `${text.slice(Math.max(0, start - 50), start)} ${text.slice(end, end + 20)}`.toLowerCase());
    if (score > 0) found.push({ kind: 'phone_number', start, end, named: score >= 0.6, score });
  }
  return found;
}

function scoreOf(raw: string, digits: string, around: string): number {
  const named = words.test(around);
  if (raw.startsWith('+')) return country.test(digits) ? (named ? 0.9 : 0.75) : 0;
  if (northAmerican.test(raw)) return named ? 0.85 : 0.5;
  if (somethingElse.test(raw)) return 0;
  const grouped = /\d[ .\-/()]+\d/.test(raw);
  if (named) return grouped ? 0.75 : digits.length >= 9 && digits.length <= 12 ? 0.6 : 0;
  if (digits.startsWith('0') && digits.length >= 9 && digits.length <= 12) return grouped ? 0.4 : 0.2;
  return grouped && digits.length >= 9 && digits.length <= 12 && /^\(?\d{2,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,4}$/.test(raw) ? 0.25 : 0;
}
