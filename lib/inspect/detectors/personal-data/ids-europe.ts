import { digitAt, icao, isDate, luhn, mod11And10, mod97, pair, weighted } from './checksums';
import type { IdRule } from './id-rule';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export const europeanIds: readonly IdRule[] = [
  { kind: 'uk_nhs', pattern: /\d{3}[ -]?\d{3}[ -]?\d{4}/g, alone: 0.2, formatted: 0.35, context: /\bnhs\b|national health|health service/,
    valid: (id) => { const check = 11 - (weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11); return check !== 10 && check % 11 === digitAt(id, 9) && !/^(\d)\1{9}$/.test(id); } },
  { kind: 'uk_nino', pattern: /[a-ceghj-prstw-z][a-ceghj-nprstw-z] ?\d\d ?\d\d ?\d\d ?[a-d]/gi, alone: 0.6, context: /national insurance|\bnino?\b|\bni (?:no|number)/,
    valid: (id) => !/^(?:BG|GB|NK|KN|TN|NT|ZZ)/.test(id) },
  { kind: 'uk_postcode', pattern: /(?:GIR ?0AA|(?:[A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}|[A-PR-UWYZ]\d[A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})/g, alone: 0.2, formatted: 0.4, whole: true, context: /post ?code|address|\bpost\b|london|street|\broad\b/ },
  { kind: 'es_nif', pattern: /\d{7,8}-?[A-HJ-NP-TV-Z]/gi, alone: 0.5, context: /\bnif\b|\bdni\b|documento|identidad|fiscal/,
    valid: (id) => 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(id.slice(0, -1)) % 23] === id.at(-1) },
  { kind: 'es_nie', pattern: /[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]/gi, alone: 0.6, context: /\bnie\b|extranjer|identidad/,
    valid: (id) => 'TRWAGMYFPDXBNJZSQVHLCKE'[Number('XYZ'.indexOf(id[0]!) + id.slice(1, 8)) % 23] === id[8] },
  { kind: 'it_fiscal_code', pattern: /[a-z]{6}[\dl-np-v]{2}[a-ehlmprst][\dl-np-v]{2}[a-z][\dl-np-v]{3}[a-z]/gi, alone: 0.85, context: /codice fiscale|fiscal code|\bc\.?f\.?\b/, valid: isFiscalCode },
  { kind: 'it_vat_code', pattern: /\d{8}[ _]?\d{3}/g, alone: 0.2, context: /partita iva|p\.? ?iva|\bvat\b/, valid: (id) => luhn(id) && !/^0{7}/.test(id) },
  { kind: 'pl_pesel', pattern: /\d{11}/g, alone: 0.4, context: /pesel/,
    valid: (id) => isDate(pair(id, 4), pair(id, 2) % 20, [1900, 2000, 2100, 2200, 1800][Math.floor(pair(id, 2) / 20)]! + pair(id, 0)) && (weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10) === 0 },
  { kind: 'fi_personal_identity_code', pattern: /\d{6}[-+a-fu-y]\d{3}[0-9a-fhj-npr-y]/gi, alone: 0.85, context: /hetu|henkilötunnus|personal identity/, signs: true,
    valid: (id) => isDate(pair(id, 0), pair(id, 2), ({ '+': 1800 } as Record<string, number>)[id[6]!] ?? ('ABCDEF'.includes(id[6]!) ? 2000 : 1900) + pair(id, 4)) && Number(id.slice(7, 10)) >= 2 && '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(id.slice(0, 6) + id.slice(7, 10)) % 31] === id[10] },
  { kind: 'de_tax_id', pattern: /\d{2} ?\d{3} ?\d{3} ?\d{3}/g, alone: 0.4, context: /steuer|\bidnr|tax id|\btin\b/, valid: isGermanTaxId },
  { kind: 'de_social_security', pattern: /\d{2} ?\d{6} ?[a-z] ?\d{3}/gi, alone: 0.8, context: /rvnr|sozialversicherung|rentenversicherung|social security|\bsvnr\b/, valid: isGermanPensionId },
  { kind: 'de_health_insurance', pattern: /[a-z]\d{9}/gi, alone: 0.4, context: /kvnr|krankenkasse|krankenvers|\begk\b|versichertennummer|health insurance/,
    valid: (id) => luhnLike(String(letters.indexOf(id[0]!) + 1).padStart(2, '0') + id.slice(1)) },
  { kind: 'de_passport', pattern: /[cfghjkl][cfghjklmnprtvwxyz\d]{7}\d/gi, alone: 0.4, context: /reisepass|pass-?nr|passport|personalausweis|ausweis/, valid: (id) => /\d.*\d/.test(id) && icao(id) },
  { kind: 'de_lanr', pattern: /\d{9}/g, alone: 0.2, context: /lanr|arztnummer|\barzt/, valid: (id) => (10 - (weighted(id, [4, 9, 4, 9, 4, 9]) % 10)) % 10 === digitAt(id, 6) },
  { kind: 'de_vat_id', pattern: /DE ?\d{3} ?\d{3} ?\d{3}/g, alone: 0.6, context: /ust|umsatzsteuer|\bvat\b/, valid: (id) => id[2] !== '0' && mod11And10(id.slice(2)) },
  { kind: 'nl_bsn', pattern: /\d{4}\.?\d{2}\.?\d{3}/g, alone: 0.2, context: /\bbsn\b|burgerservice|sofinummer/,
    valid: (id) => Number(id) > 0 && (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) - digitAt(id, 8)) % 11 === 0 },
  { kind: 'fr_nir', pattern: /[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ab]) ?\d{3} ?\d{3} ?\d{2}/gi, alone: 0.7, context: /\bnir\b|sécurité sociale|securite sociale|numéro de sécu|\binsee\b/,
    valid: (id) => 97 - (Number(id.slice(0, 13).replace('2A', '19').replace('2B', '18')) % 97) === Number(id.slice(13)) },
  { kind: 'be_national_number', pattern: /\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}/g, alone: 0.4, formatted: 0.8, context: /rijksregister|registre national|national number|\bnrn\b/,
    valid: (id) => isDate(pair(id, 4), pair(id, 2)) && [id.slice(0, 9), `2${id.slice(0, 9)}`].some((body) => 97 - (Number(body) % 97) === Number(id.slice(9))) },
  { kind: 'ch_ahv', pattern: /756\.?\d{4}\.?\d{4}\.?\d{2}/g, alone: 0.8, context: /\bahv\b|\bavs\b/, valid: (id) => (10 - (weighted(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === digitAt(id, 12) },
  { kind: 'se_personnummer', pattern: /(?:19|20)?\d{6}[-+]?\d{4}/g, alone: 0.2, formatted: 0.6, context: /personnummer|personal number|\bpnr\b/,
    valid: (id) => { const ten = id.replace(/[-+]/, '').slice(-10); return isDate(pair(ten, 4) % 60, pair(ten, 2)) && luhn(ten); } },
  { kind: 'no_fodselsnummer', pattern: /\d{6} ?\d{5}/g, alone: 0.4, context: /fødselsnummer|fodselsnummer|personnummer|\bfnr\b/,
    valid: (id) => isDate(pair(id, 0) % 40, pair(id, 2)) && weighted(id, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 && weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  { kind: 'tr_national_id', pattern: /[1-9]\d{10}/g, alone: 0.4, context: /tckn|\btc\b|kimlik|turkish id/, valid: isTurkishId },
  { kind: 'iban', pattern: /[a-z]{2}\d{2}(?: ?[a-z\d]{4}){2,7}(?: ?[a-z\d]{1,4})?/gi, alone: 0.95, context: /iban/, fit: ibanLength, valid: (id) => id.length === ibanLengths.get(id.slice(0, 2)) && mod97(id.slice(4) + id.slice(0, 4)) === 1 },
];

/** By country, from the registry of IBANs. */
const ibanLengths = new Map(
  ('AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 '
  + 'LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20').split(' ').map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
/** Where the number ends that a match begins with: the word after it may have four letters as well. */
function ibanLength(match: string): number {
  let left = ibanLengths.get(match.slice(0, 2).toUpperCase()) ?? 0;
  let at = 0;
  while (at < match.length && left > 0) { if (match[at] !== ' ') left -= 1; at += 1; }
  return at;
}

const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
function isFiscalCode(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const code = id.charCodeAt(i);
    const value = code <= 57 ? code - 48 : code - 65;
    sum += i % 2 === 0 ? odd[value]! : value;
  }
  return letters[sum % 26] === id[15];
}

/** One digit comes two or three times among the first ten, as the number is made, and never three times in a row. */
function isGermanTaxId(id: string): boolean {
  if (id[0] === '0' || /(\d)\1\1/.test(id.slice(0, 10)) || !mod11And10(id)) return false;
  const counts = new Map<string, number>();
  for (const digit of id.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  return Math.max(...counts.values()) <= 3;
}

function isGermanPensionId(id: string): boolean {
  if (!isDate(pair(id, 2) % 50 || 50, pair(id, 4))) return false;
  const digits = id.slice(0, 8) + String(letters.indexOf(id[8]!) + 1).padStart(2, '0') + id.slice(9, 11);
  let sum = 0;
  [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].forEach((weight, i) => { const product = weight * digitAt(digits, i); sum += Math.floor(product / 10) + (product % 10); });
  return sum % 10 === digitAt(id, 11);
}

/** Weights 1, 2, 1, 2, … from the left, digits of each product added, the last digit the check. */
function luhnLike(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < text.length - 1; i++) { const product = digitAt(text, i) * ((i % 2) + 1); sum += Math.floor(product / 10) + (product % 10); }
  return sum % 10 === digitAt(text, text.length - 1);
}

function isTurkishId(id: string): boolean {
  const tenth = ((weighted(id, [7, 0, 7, 0, 7, 0, 7, 0, 7]) - weighted(id, [0, 1, 0, 1, 0, 1, 0, 1])) % 10 + 10) % 10;
  return tenth === digitAt(id, 9) && weighted(id, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10 === digitAt(id, 10);
}
