/** Check digits, each a pure function over the compact form of a number (no separators, letters in upper case). */

const digitsOf = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0) - 48);
const sumOf = (digits: readonly number[], weights: readonly number[]): number => weights.reduce((sum, weight, i) => sum + weight * digits[i]!, 0);
/** The sum of digit times weight, over as many digits as there are weights. */
export const weighted = (text: string, weights: readonly number[]): number => sumOf(digitsOf(text), weights);

export function luhn(text: string): boolean {
  let sum = 0;
  for (let i = text.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = text.charCodeAt(i) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** ISO 7064 mod 97 over digits and letters (A is 10), as in an IBAN. */
export function mod97(text: string): number {
  let rest = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    rest = code <= 57 ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest;
}

/** ISO 7064 mod 11,10: German tax ids, Croatian OIB. */
export function mod11And10(text: string): boolean {
  let product = 10;
  for (let i = 0; i < text.length - 1; i++) {
    const sum = (text.charCodeAt(i) - 48 + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === text.charCodeAt(text.length - 1) - 48;
}

const permutation = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]];
for (let i = 2; i < 8; i++) permutation.push(permutation[i - 1]!.map((digit) => permutation[1]![digit]!));
/** Composition in the dihedral group of order ten. */
const dihedral = (a: number, b: number): number => (a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)) : b < 5 ? 5 + ((a - b + 10) % 5) : (a - b + 10) % 5);

export function verhoeff(text: string): boolean {
  let check = 0;
  for (let i = 0; i < text.length; i++) check = dihedral(check, permutation[i % 8]![text.charCodeAt(text.length - 1 - i) - 48]!);
  return check === 0;
}

/** ICAO 9303: weights 7, 3, 1 over digits and letters (A is 10); the last character is the check digit. */
export function icao(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    sum += (code <= 57 ? code - 48 : code - 55) * [7, 3, 1][i % 3]!;
  }
  return sum % 10 === text.charCodeAt(text.length - 1) - 48;
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Whether day and month can be; a year that is known decides on 29 February. */
export function isDate(day: number, month: number, year?: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > monthDays[month - 1]!) return false;
  return !(month === 2 && day === 29 && year !== undefined && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0)));
}

/** Two digits at a place, as a number. */
export const pair = (text: string, at: number): number => Number(text.slice(at, at + 2));
export const digitAt = (text: string, at: number): number => text.charCodeAt(at) - 48;
