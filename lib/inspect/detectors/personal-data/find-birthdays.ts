import type { Personal } from './find-personal-data';

const word = /\bborn(?: on)?\b|date of birth|birth ?date|birthday|\bd\.?o\.?b\b|geburtsdatum|\bgeboren\b|\bgeb\.|date de naissance|\bné(?:e)? le\b|fecha de nacimiento|data di nascita|data de nascimento|data urodzenia|geboortedatum/gi;
const date = /(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:3[01]|[12]\d|0?[1-9])|(?:3[01]|[12]\d|0?[1-9])[-/. ]{1,2}(?:1[0-2]|0?[1-9])[-/. ]{1,2}(?:19|20)\d\d|(?:1[0-2]|0?[1-9])\/(?:3[01]|[12]\d|0?[1-9])\/(?:19|20)\d\d|(?:\d{1,2}(?:st|nd|rd|th)?\.? )?(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zäé]{0,7}\.?,? (?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d/i;

/** Dates that a word beside them calls somebody's birth. */
export function findBirthdays(text: string): Personal[] {
  const found: Personal[] = [];
  word.lastIndex = 0;
  for (let match = word.exec(text); match; match = word.exec(text)) {
    const from = word.lastIndex;
    const day = date.exec(text.slice(from, from + 50));
    if (day) found.push({ kind: 'date_of_birth', start: from + day.index, end: from + day.index + day[0].length, named: true, score: 0.75 });
  }
  return found;
}
