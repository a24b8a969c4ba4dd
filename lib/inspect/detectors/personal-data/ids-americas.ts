import { digitAt, isDate, luhn, pair, weighted } from './checksums';
import type { IdRule } from './id-rule';

const repeated = /^(\d)\1+$/;

export const americanIds: readonly IdRule[] = [
  { kind: 'us_ssn', pattern: /\d{3}([-. ]?)\d{2}\1\d{4}|\d{3}-\d{6}|\d{5}-\d{4}/g, alone: 0.2, formatted: 0.6, context: /\bssn\b|social security|\bss#/,
    valid: (id) => !/^(?:000|666|9)|^\d{3}00|0000$/.test(id) && !['078051120', '123456789', '987654321', '219099999', '457555462'].includes(id) && !repeated.test(id) },
  { kind: 'us_itin', pattern: /9\d{2}([- ]?)(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}|9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}|9\d{2}(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])-\d{4}/g, alone: 0.2, formatted: 0.55, context: /\bitin\b|individual taxpayer|tax ?id|taxpayer/ },
  { kind: 'us_npi', pattern: /[12]\d{3}([- ]?)\d{3}\1\d{3}/g, alone: 0.2, formatted: 0.3, context: /\bnpi\b|national provider|provider id/, valid: (id) => luhn(`80840${id}`) && !/^.(\d)\1{7}/.test(id) },
  { kind: 'us_mbi', pattern: /[1-9][ac-hjkmnp-rt-y][ac-hjkmnp-rt-y\d]\d(-?)[ac-hjkmnp-rt-y][ac-hjkmnp-rt-y\d]\d\1[ac-hjkmnp-rt-y]{2}\d{2}/gi, alone: 0.6, context: /\bmbi\b|medicare|beneficiary|patient/ },
  { kind: 'us_passport', pattern: /[a-z]?\d{8,9}/gi, alone: 0, needsContext: true, begins: 'either', context: /passport|travel document/, valid: (id) => id.length === 9 },
  { kind: 'us_driver_license', pattern: /[a-z]{1,2}\d{5,8}|[a-z]\d{9,13}|\d{7,10}/gi, alone: 0, needsContext: true, begins: 'either', context: /driver'?s? licen[cs]e|driving licen[cs]e|\bdl\s?(?:no|#|number)|permit number/ },
  { kind: 'us_bank_number', pattern: /\d{8,17}/g, alone: 0, needsContext: true, context: /bank account|account (?:no|number|#)|\bacct\b|checking|savings/ },
  { kind: 'ca_sin', pattern: /\d{3}([- ]?)\d{3}\1\d{3}/g, alone: 0.2, formatted: 0.3, context: /\bsin\b|social insurance|\bnas\b/, valid: (id) => id[0] !== '0' && id[0] !== '8' && luhn(id) },
  { kind: 'br_cpf', pattern: /\d{3}\.?\d{3}\.?\d{3}-?\d{2}/g, alone: 0.4, formatted: 0.85, context: /\bcpf\b/,
    valid: (id) => !repeated.test(id) && brazilian(id, [10, 9, 8, 7, 6, 5, 4, 3, 2], 9) && brazilian(id, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 10) },
  { kind: 'br_cnpj', pattern: /\d{2}\.?\d{3}\.?\d{3}\/?\d{4}-?\d{2}/g, alone: 0.4, formatted: 0.85, context: /\bcnpj\b/,
    valid: (id) => !repeated.test(id) && brazilian(id, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], 12) && brazilian(id, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], 13) },
  { kind: 'mx_curp', pattern: /[a-z][aeioux][a-z]{2}\d{6}[hmx][a-z]{5}[a-z\d]\d/gi, alone: 0.8, context: /\bcurp\b/, valid: isCurp },
];

function brazilian(id: string, weights: readonly number[], at: number): boolean {
  const rest = weighted(id, weights) % 11;
  return (rest < 2 ? 0 : 11 - rest) === digitAt(id, at);
}

const curpOrder = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
function isCurp(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += curpOrder.indexOf(id[i]!) * (18 - i);
  return isDate(pair(id, 8), pair(id, 6)) && (10 - (sum % 10)) % 10 === digitAt(id, 17);
}
