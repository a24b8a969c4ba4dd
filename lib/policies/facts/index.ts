import type { FactFormat } from '@/lib/protocol/registry';
import { longType } from '../cedar/value-type';
import { command } from './command';
import { emailList } from './email-list';
import { fact, unreadable, type FactReader } from './fact';
import { money } from './money';
import { path } from './path';
import { sql } from './sql';
import { url } from './url';

const count: FactReader = {
  type: longType,
  read(raw) {
    if (Array.isArray(raw) || typeof raw === 'string') return fact(raw.length);
    if (typeof raw === 'object' && raw !== null) return fact(Object.keys(raw).length);
    return unreadable('must be a list, a text or an object');
  },
};

/** How each declared format is read. `string` needs no reading and `opaque` is shown to people only. */
export const factReaders: Record<Exclude<FactFormat, 'string' | 'opaque'>, FactReader> = { 'email-list': emailList, url, path, money, sql, command, count };
export { insideOf } from './domain';
export type { FactReader, Inside } from './fact';
