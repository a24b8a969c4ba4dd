import { findBirthdays } from './find-birthdays';
import { findAddresses, findDevices, findEmails } from './find-contacts';
import { findIds } from './find-ids';
import { findPhones } from './find-phones';
import { findWallets } from './wallets';

/** Something about a person in a text: what kind of, where (the end exclusive), how sure from 0 to 1, and whether anything beside its shape says so. */
export type Personal = { kind: string; start: number; end: number; named: boolean; score: number };

const anyDigit = /\d/;

/** Everything about a person that can be told by its build. A number that fits several kinds is said as each of them, unless a word beside it tells which. */
export function findPersonalData(text: string): Personal[] {
  const found = [...findEmails(text), ...findBirthdays(text)];
  if (anyDigit.test(text)) found.push(...findIds(text), ...findPhones(text), ...findWallets(text));
  found.push(...findAddresses(text), ...findDevices(text));
  found.sort((a, b) => a.start - b.start || b.score - a.score);
  return found.filter((one, i) => !isOutspoken(found, i, one));
}

/** Whether a surer finding that something beside its shape speaks for covers the same place. */
function isOutspoken(found: readonly Personal[], i: number, one: Personal): boolean {
  if (one.named) return false;
  for (let j = i - 1; j >= 0 && i - j < 40; j--) if (covers(found[j]!, one)) return true;
  for (let j = i + 1; j < found.length && found[j]!.start < one.end && j - i < 40; j++) if (covers(found[j]!, one)) return true;
  return false;
}
const covers = (sure: Personal, one: Personal): boolean => sure.named && sure.score > one.score && sure.start < one.end && one.start < sure.end;
