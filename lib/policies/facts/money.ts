import { decimal, decimalType, longType, recordOf, stringType } from '../cedar/value-type';
import { fact, unreadable, type FactReader } from './fact';

const amountShape = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,4})?$/;
const withCurrency = /^(\S+) ([A-Z]{3})$/;
const known = new Set(Intl.supportedValuesOf('currency'));
/** ISO 4217's code for "no currency": the tool's argument is a bare amount. */
const none = 'XXX';

/**
 * Money as a decimal and as whole minor units. Reads `{amount, currency}`, `"12.50"`, `"12.50 EUR"` and numbers of
 * at most four decimals; thousands separators, exponents, signs of plus and more decimals than the currency has are refused.
 */
export const money: FactReader = {
  type: recordOf({ amount: decimalType, minor: longType, currency: stringType }),
  read(raw) {
    const parts = partsOf(raw);
    if (!parts) return unreadable('must be an amount such as {"amount": "12.50", "currency": "EUR"}');
    const { amount, currency } = parts;
    if (!amountShape.test(amount)) return unreadable('must be a plain decimal with at most four places');
    if (currency !== none && !known.has(currency)) return unreadable('names a currency that does not exist');
    const places = currency === none ? 4 : minorPlaces(currency);
    const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
    const significant = fraction.replace(/0+$/, '');
    if (significant.length > places) return unreadable(`has more decimal places than ${currency} knows`);
    const minor = Number(whole + significant.padEnd(places, '0')) * (amount.startsWith('-') ? -1 : 1);
    const exact = decimal(amount);
    if (!exact || !Number.isSafeInteger(minor)) return unreadable('is too large');
    return fact({ amount: exact, minor: minor === 0 ? 0 : minor, currency });
  },
};

function partsOf(raw: unknown): { amount: string; currency: string } | undefined {
  if (typeof raw === 'number') return { amount: String(raw === 0 ? 0 : raw), currency: none };
  if (typeof raw === 'string') {
    const match = withCurrency.exec(raw);
    return match ? { amount: match[1] ?? '', currency: match[2] ?? '' } : { amount: raw, currency: none };
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined;
  const { amount, currency } = raw as { amount?: unknown; currency?: unknown };
  if (typeof currency !== 'string' || (typeof amount !== 'string' && typeof amount !== 'number')) return undefined;
  return { amount: String(amount), currency };
}

const places = new Map<string, number>();
function minorPlaces(currency: string): number {
  let found = places.get(currency);
  if (found === undefined) {
    found = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    places.set(currency, found);
  }
  return found;
}
