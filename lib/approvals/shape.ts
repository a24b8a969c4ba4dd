import { createHash } from 'node:crypto';

/** Deeper than this, and past so many parts, arguments are only counted: the gate makes a shape while an agent waits. */
const DEEPEST = 8;
const MOST_PARTS = 400;

/**
 * What arguments look like without what they say: keys, types, classes of length and of size, as 32 hexadecimal digits. Requests of one
 * shape of one tool differ in their words alone. Of no use to guess a value from: a class of length holds a fourfold range.
 */
export function shapeOf(args: Readonly<Record<string, unknown>>): string {
  const budget = { parts: MOST_PARTS };
  return createHash('sha256').update(describe(args, 0, budget)).digest('hex').slice(0, 32);
}

function describe(value: unknown, depth: number, budget: { parts: number }): string {
  budget.parts -= 1;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return `s${lengthClass(value.length)}`;
  if (typeof value === 'number') return Number.isInteger(value) ? `i${sizeOf(value)}` : `f${sizeOf(value)}`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return 'other';
  if (depth >= DEEPEST || budget.parts <= 0) return Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`;
  // A list is told apart by how many it holds, exactly: one more recipient is another request.
  if (Array.isArray(value)) return `[${value.length}:${[...new Set(value.slice(0, MOST_PARTS).map((item) => describe(item, depth + 1, budget)))].sort().join(',')}]`;
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${describe((value as Record<string, unknown>)[key], depth + 1, budget)}`).join(',')}}`;
}

/** 0, up to 4, 16, 64, 256 and so on. */
const lengthClass = (length: number) => (length === 0 ? 0 : Math.ceil(Math.log2(length) / 2) + 1);
const sizeOf = (value: number) => `${value < 0 ? '-' : ''}${Math.abs(value) < 1 ? 0 : Math.floor(Math.log10(Math.abs(value))) + 1}`;
