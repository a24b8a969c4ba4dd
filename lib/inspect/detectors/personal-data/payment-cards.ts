import { luhn } from './checksums';
import type { IdRule } from './id-rule';

/** What issuers' numbers begin with, and how long they are (ISO/IEC 7812). */
const issuers = /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|(?:6011|64[4-9]\d|65\d\d)\d{12,15}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|220[0-4]\d{12}|(?:50|5[6-9]|6\d)\d{10,17}|1\d{14})$/;

const valid = (id: string): boolean => issuers.test(id) && luhn(id) && !/^(\d)\1+$/.test(id);
const context = /card|visa|master|amex|credit|debit|payment|\bpan\b|karte|tarjeta|carte|cvv|cvc|expir/;

export const paymentCards: readonly IdRule[] = [
  { kind: 'payment_card', pattern: /\d{14,16}/g, alone: 0.6, context, valid },
  { kind: 'payment_card', pattern: /\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}/g, alone: 0.85, context, valid },
  // Other systems number things at these lengths too, and one in ten passes the check digit.
  { kind: 'payment_card', pattern: /\d{12,13}|\d{17,19}/g, alone: 0.25, context, valid },
];
