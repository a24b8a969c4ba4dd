import { escapeStep } from '@/lib/protocol/json-pointer';
import { destinationsOf } from './destinations';

/**
 * One value in the arguments. Places in lists are one place (`/to/*`), or every list would be new; `at` is the JSON Pointer to this very
 * value, where it is short and plain enough to be told. `text` is the text itself, or a flag in letters: to be looked at, never kept.
 */
export type Leaf = { path: string; at?: string; kind: 'text' | 'number' | 'flag' | 'nothing'; number?: number; text?: string; domains: string[] };
/** What behaviour is about in a call's arguments. `size` counts characters of all values. */
export type ReadArguments = { size: number; leaves: Leaf[] };

const MOST_LEAVES = 256;
const MOST_VALUES = 5_000;
const MOST_TEXT = 65_536;
const LONGEST_PATH = 120;
const LONGEST_POINTER = 256;
const numeral = /^-?\d{1,15}(?:\.\d{1,4})?$/;

export function readArguments(args: Readonly<Record<string, unknown>>): ReadArguments {
  const leaves: Leaf[] = [];
  let size = 0;
  let values = 0;
  let text = 0;
  const walk = (value: unknown, path: string, at: string, depth: number): void => {
    if (++values > MOST_VALUES || depth > 32) return;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length && values <= MOST_VALUES; i++) walk(value[i], `${path}/*`, `${at}/${i}`, depth + 1);
      return;
    }
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        const part = escapeStep(name);
        walk(inner, `${path}/${part}`, `${at}/${part}`, depth + 1);
      }
      return;
    }
    size += typeof value === 'string' ? value.length : String(value).length;
    if (leaves.length >= MOST_LEAVES) return;
    const leaf: Leaf = { path: storable(path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path), kind: 'nothing', domains: [] };
    if (at.length <= LONGEST_POINTER && storable(at) === at) leaf.at = at;
    if (typeof value === 'string') {
      leaf.kind = 'text';
      leaf.text = value;
      // However long the texts before it, a number behind them is looked at.
      if (text <= MOST_TEXT) leaf.domains = destinationsOf(value);
      text += value.length;
      if (value.length <= 21 && numeral.test(value)) leaf.number = Number(value);
    } else if (typeof value === 'number') {
      leaf.kind = 'number';
      if (Number.isFinite(value)) leaf.number = value;
    } else if (typeof value === 'boolean') {
      leaf.kind = 'flag';
      leaf.text = String(value);
    }
    leaves.push(leaf);
  };
  walk(args, '', '', 0);
  return { size, leaves };
}

/** Half a character and a zero byte are no text to a database. */
const storable = (path: string) => (/^[\x20-\x7e]*$/.test(path) ? path : path.replace(/\0|\p{Cs}/gu, '\ufffd'));
