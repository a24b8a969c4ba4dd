import { unescapeStep } from '@/lib/protocol/json-pointer';
import { shown, some, times, whole } from '../words';
import type { Closed, Magnitude } from './schema';

/** The sentences that people read of one argument: what stands there, and what usually does. Values that are no numbers are not repeated: they stand beside it. */

export const number = (path: string, value: number, { n, from, to }: Magnitude) => `${nameOf(path)} ${some(value)}; usually ${range(from, to)} (${times(n, 'call')})`;
export const length = (path: string, value: number, { n, from, to }: Magnitude) => `${nameOf(path)} ${times(value, 'character')} long; usually ${range(from, to)} (${times(n, 'call')})`;

/** `flag`: yes and no say nothing that the sentence may not repeat. */
export const value = (path: string, flag: string | undefined, { n, values }: Closed) =>
  `${nameOf(path)} ${flag === undefined ? 'a value never seen there' : word(flag)}; ${values.length === 1 ? 'always' : 'usually'} ${either(values.map(word))} (${times(n, 'call')})`;

export function form(path: string, shape: string | undefined, long: number, { n, values }: Closed): string {
  return `${nameOf(path)} written like ${shape === undefined ? `a text of ${times(long, 'character')}` : quoted(shape)}; ${values.length === 1 ? 'always' : 'usually'} like ${either(values.map(quoted))} (${times(n, 'call')})`;
}

/** A JSON Pointer as people say it: `payment.amount`, and an amount's amount once. */
const nameOf = (path: string) => shown(path.split('/').filter((part, i, all) => part !== '' && part !== '*' && part !== all[i - 1]).map((part) => unescapeStep(part)).join('.')) || 'a value';
const word = (text: string) => (text === 'true' ? 'yes' : text === 'false' ? 'no' : shown(text));
const quoted = (shape: string) => (shape === '' ? 'nothing' : `“${shown(shape)}”`);
const range = (from: number, to: number) => (from === to ? some(from) : `${some(from)} to ${some(to)}`);

const NAMED = 3;
function either(values: readonly string[]): string {
  if (values.length === 1) return values[0]!;
  const named = values.length > NAMED ? [...values.slice(0, NAMED), `${whole(values.length - NAMED)} more`] : values;
  return `${named.slice(0, -1).join(', ')} or ${named.at(-1)!}`;
}
