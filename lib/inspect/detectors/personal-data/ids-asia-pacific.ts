import { digitAt, isDate, luhn, pair, verhoeff, weighted } from './checksums';
import type { IdRule } from './id-rule';

export const asiaPacificIds: readonly IdRule[] = [
  { kind: 'au_abn', pattern: /\d{2} ?\d{3} ?\d{3} ?\d{3}/g, alone: 0.4, formatted: 0.5, context: /\babn\b|business number/, valid: (id) => id[0] !== '0' && (weighted(id, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0 },
  { kind: 'au_acn', pattern: /\d{3} ?\d{3} ?\d{3}/g, alone: 0.2, formatted: 0.3, context: /\bacn\b|company number/, valid: (id) => (10 - (weighted(id, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === digitAt(id, 8) && Number(id) > 0 },
  { kind: 'au_tfn', pattern: /\d{3} ?\d{3} ?\d{3}/g, alone: 0.2, formatted: 0.3, context: /\btfn\b|tax file/, valid: (id) => weighted(id, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && Number(id) > 0 },
  { kind: 'au_medicare', pattern: /[2-6]\d{3} ?\d{5} ?\d/g, alone: 0.2, formatted: 0.4, context: /medicare/, valid: (id) => weighted(id, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(id, 8) },
  { kind: 'in_aadhaar', pattern: /[2-9]\d{3}([- :]?)\d{4}\1\d{4}/g, alone: 0.3, formatted: 0.5, context: /aadhaa?r|uidai/, valid: (id) => verhoeff(id) && id !== [...id].reverse().join('') },
  { kind: 'in_pan', pattern: /[a-z]{3}[abcfghjlpt][a-z]\d{4}[a-z]/gi, alone: 0.5, context: /\bpan\b|permanent account|income tax/ },
  { kind: 'sg_nric', pattern: /[stfgm]\d{7}[a-z]/gi, alone: 0.7, context: /\bnric\b|\bfin\b/, valid: isSingaporean },
  { kind: 'kr_rrn', pattern: /\d{6}-?[1-4]\d{6}/g, alone: 0.2, formatted: 0.6, context: /\brrn\b|resident registration|주민/, valid: isKoreanDate },
  { kind: 'kr_frn', pattern: /\d{6}-?[5-8]\d{6}/g, alone: 0.2, formatted: 0.6, context: /\bfrn\b|foreigner registration|외국인/, valid: isKoreanDate },
  { kind: 'kr_brn', pattern: /\d{3}-?\d{2}-?\d{5}/g, alone: 0.2, formatted: 0.6, context: /\bbrn\b|business registration|사업자/,
    valid: (id) => (10 - ((weighted(id, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((digitAt(id, 8) * 5) / 10)) % 10)) % 10 === digitAt(id, 9) },
  { kind: 'kr_driver_license', pattern: /(?:1[1-9]|2[0-8])([- ]?)\d{2}\1\d{6}\1\d{2}/g, alone: 0.1, formatted: 0.5, context: /licen[cs]e|운전면허/ },
  { kind: 'kr_passport', pattern: /[msrodg](?:\d{3}[a-z]\d{4}|\d{8})/gi, alone: 0.2, context: /passport|여권/ },
  { kind: 'th_tnin', pattern: /[1-8] ?-?(?:1[0-9]|2[0-7]|3\d|4\d|5[0-8]|6[0-7]|7[0-7]|8[0-6]|9[0-6])\d{2}-?\d{5}-?\d{2}-?\d/g, alone: 0.3, formatted: 0.6, context: /\btnin\b|thai|ประชาชน/,
    valid: (id) => (11 - (weighted(id, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(id, 12) && !/^(\d)\1+$/.test(id) },
  { kind: 'cn_resident_id', pattern: /[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx]/gi, alone: 0.85, context: /身份证|resident id|identity card/,
    valid: (id) => '10X98765432'[weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] === id[17] },
  { kind: 'za_id', pattern: /\d{10}[01]\d{2}/g, alone: 0.3, context: /\bsa id\b|south african id|id number/, valid: (id) => isDate(pair(id, 4), pair(id, 2)) && luhn(id) },
];

function isSingaporean(id: string): boolean {
  const sum = weighted(id.slice(1), [2, 7, 6, 5, 4, 3, 2]);
  switch (id[0]) {
    case 'S': return 'JZIHGFEDCBA'[sum % 11] === id[8];
    case 'T': return 'JZIHGFEDCBA'[(sum + 4) % 11] === id[8];
    case 'F': return 'XWUTRQPNMLK'[sum % 11] === id[8];
    case 'G': return 'XWUTRQPNMLK'[(sum + 4) % 11] === id[8];
    default: return 'KLJNPQRTUWX'[10 - ((sum + 3) % 11)] === id[8];
  }
}

/** Since October 2020 the last digits are drawn by lot, so only the date and the digit of century and sex can be checked. */
function isKoreanDate(id: string): boolean {
  return isDate(pair(id, 4), pair(id, 2), ('1256'.includes(id[6]!) ? 1900 : 2000) + pair(id, 0));
}
