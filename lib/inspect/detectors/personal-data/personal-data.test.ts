import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personalData } from '.';
import { findPersonalData } from './find-personal-data';

const about = { channel: 'result', trusted: false, canary: '', delimiter: '', domains: [] } as const;
const has = (text: string, kind: string, value = text) => findPersonalData(text).some((one) => one.kind === kind && text.slice(one.start, one.end) === value);

const digits = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length });
const sumBy = (values: readonly number[], weights: readonly number[]) => values.reduce((sum, value, i) => sum + value * weights[i]!, 0);

/** How a valid number of each kind is made, written from the definition and not from the code under test; nothing where no check digit fits. */
const makers: Record<string, fc.Arbitrary<string>> = {
  payment_card: digits(14).map((body) => {
    const all = [4, ...body];
    const sum = all.reduceRight((total, digit, i) => { const doubled = (all.length - i) % 2 === 1 ? digit * 2 : digit; return total + Math.floor(doubled / 10) + (doubled % 10); }, 0);
    return [...all, (10 - (sum % 10)) % 10].join('');
  }),
  iban: digits(18).map((body) => { const bban = body.join(''); const rest = BigInt(`${bban}131400`) % 97n; return `DE${String(98n - rest).padStart(2, '0')}${bban}`; }),
  uk_nhs: digits(9).map((body) => { const check = 11 - (sumBy(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11); return check === 10 ? '' : [...body, check === 11 ? 0 : check].join(''); }),
  es_nif: fc.integer({ min: 10_000_000, max: 99_999_999 }).map((number) => `${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}`),
  nl_bsn: digits(8).map((body) => { const check = sumBy(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11; return check === 10 || body.every((digit) => digit === 0) ? '' : [...body, check].join(''); }),
  pl_pesel: fc.record({ year: fc.integer({ min: 0, max: 99 }), month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 28 }), serial: digits(4) }).map(({ year, month, day, serial }) => {
    const body = [...`${String(year).padStart(2, '0')}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`].map(Number).concat(serial);
    return [...body, (10 - (sumBy(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10].join('');
  }),
  fi_personal_identity_code: fc.record({ year: fc.integer({ min: 10, max: 99 }), month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 28 }), serial: fc.integer({ min: 2, max: 899 }) }).map(({ year, month, day, serial }) => {
    const date = `${String(day).padStart(2, '0')}${String(month).padStart(2, '0')}${year}`;
    const number = String(serial).padStart(3, '0');
    return `${date}-${number}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + number) % 31]}`;
  }),
  br_cpf: digits(9).map((body) => {
    if (new Set(body).size === 1) return '';
    const first = (sumBy(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11 % 10;
    const second = (sumBy([...body, first], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11 % 10;
    // A check digit 0 stands for two remainders, so a changed digit may go unseen behind it.
    return first === 0 || second === 0 ? '' : [...body, first, second].join('');
  }),
  sg_nric: digits(7).map((body) => `S${body.join('')}${'JZIHGFEDCBA'[sumBy(body, [2, 7, 6, 5, 4, 3, 2]) % 11]}`),
  fr_nir: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 10, max: 99 }), fc.integer({ min: 1, max: 12 }), digits(8)).map(([sex, year, month, rest]) => {
    const body = `${sex}${year}${String(month).padStart(2, '0')}${rest.join('')}`;
    return `${body}${String(97n - (BigInt(body) % 97n)).padStart(2, '0')}`;
  }),
  au_tfn: digits(8).map((body) => { const check = (sumBy(body, [1, 4, 3, 7, 5, 8, 6, 9]) % 11); return check === 10 || body.every((digit) => digit === 0) ? '' : [...body, check].join(''); }),
  de_tax_id: digits(10).map((body) => {
    if (body[0] === 0 || /(\d)\1\1/.test(body.join('')) || Math.max(...body.map((one) => body.filter((other) => other === one).length)) > 3) return '';
    let product = 10;
    for (const digit of body) { const sum = (digit + product) % 10 || 10; product = (2 * sum) % 11; }
    return [...body, product === 1 ? 0 : 11 - product].join('');
  }),
};
const aadhaar = ['234123412346', '499118665246'];

describe('numbers with a check digit', () => {
  it.each(Object.keys(makers))('%s: a valid one is found, and with one digit changed it is not', (kind) => {
    fc.assert(fc.property(makers[kind]!.filter((id) => id !== ''), fc.nat(), fc.integer({ min: 1, max: 9 }), (id, where, by) => {
      if (!has(`no. ${id}.`, kind, id)) throw new Error(`${id} is not found as ${kind}`);
      const places = [...id].flatMap((character, i) => (/\d/.test(character) ? [i] : []));
      const at = places[where % places.length]!;
      const changed = `${id.slice(0, at)}${(Number(id[at]) + by) % 10}${id.slice(at + 1)}`;
      if (has(`no. ${changed}.`, kind, changed)) throw new Error(`${changed} is taken for ${kind}`);
    }), { numRuns: 60 });
  });

  it.each(aadhaar)('in_aadhaar: %s is found, and with any one digit changed it is not', (id) => {
    expect(has(id, 'in_aadhaar')).toBe(true);
    for (let at = 1; at < id.length; at++) for (let by = 1; by < 10; by++) expect(has(`${id.slice(0, at)}${(Number(id[at]) + by) % 10}${id.slice(at + 1)}`, 'in_aadhaar')).toBe(false);
  });

  it.each([
    ['it_fiscal_code', 'RSSMRA85T10A562S'], ['ch_ahv', '756.9217.0769.85'], ['uk_nhs', '943 476 5919'], ['es_nie', 'X1234567L'], ['br_cpf', '529.982.247-25'], ['payment_card', '4242-4242-4242-4242'], ['payment_card', '3782 822463 10005'],
    ['iban', 'GB82 WEST 1234 5698 7654 32'], ['iban', 'NL91ABNA0417164300'], ['cn_resident_id', '11010519491231002X'], ['us_itin', '912-70-1234'], ['us_mbi', '1EG4-TE5-MK72'], ['uk_nino', 'QQ 12 34 56 C'.replace('QQ', 'JG')], ['us_ssn', '536-22-1234'],
  ])('%s: %s is found as it is written', (kind, id) => expect(has(`it is ${id}, please`, kind, id)).toBe(true));
});

describe('what else says who somebody is', () => {
  it.each([
    ['email_address', 'write to o.keefe+work@mail.example.org.', 'o.keefe+work@mail.example.org'], ['email_address', 'an jürgen@bücher.example senden', 'jürgen@bücher.example'],
    ['phone_number', 'call +44 20 7946 0958 now', '+44 20 7946 0958'], ['phone_number', 'tel. 030/901820', '030/901820'], ['phone_number', 'fax (212) 555-0199', '(212) 555-0199'],
    ['ip_address', 'from 203.0.113.9:443', '203.0.113.9'], ['ip_address', 'host [2001:db8::9]', '2001:db8::9'], ['private_ip_address', 'at 10.0.0.8', '10.0.0.8'], ['mac_address', 'nic 02:42:ac:11:00:02 up', '02:42:ac:11:00:02'],
    ['crypto_wallet', 'pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'], ['crypto_wallet', 'pay bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ['date_of_birth', 'DOB: 03/11/1987', '03/11/1987'], ['date_of_birth', 'geboren am 7. Mai 1990 in Ulm', '7. Mai 1990'], ['us_passport', 'her passport is 512345678', '512345678'],
  ])('%s in %j', (kind, text, value) => expect(findPersonalData(text).filter((one) => one.kind === kind).map(({ start, end }) => text.slice(start, end))).toContain(value));

  it.each(['version 1.2.3', 'at 12:34:56', 'std::cout << x', 'user@localhost', 'order 12345', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5', '999.1.1.1', 'on 2026-11-26', 'ratio 1:2:3', 'born in Ulm, 200 km away', '512345678'])(
    'nothing sure in %j', (text) => expect(findPersonalData(text).filter(({ score }) => score >= 0.5)).toEqual([]));

  it('is surer of a number with a word beside it, and then says nothing else of it', () => {
    const [alone] = findPersonalData('9434765919').filter(({ kind }) => kind === 'uk_nhs');
    const named = findPersonalData('NHS number 9434765919');
    expect(alone!.score).toBeLessThan(0.5);
    expect(named).toEqual([{ kind: 'uk_nhs', start: 11, end: 21, named: true, score: 0.8 }]);
  });
});

it('never lets ways to reach a person flag a text by themselves', () => {
  for (const sighting of personalData.see('mail a@example.org or call +44 20 7946 0958 from 203.0.113.9', about)) expect(sighting).toMatchObject({ severity: 'info', score: expect.toSatisfy((score: number) => score < 0.5) });
});
