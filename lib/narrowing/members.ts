import { readFormat, type NoFormat } from '@/lib/policies';
import type { FactFormat } from '@/lib/protocol/registry';

/** The members of a list as they are written: of a list its items, of a text with addresses in it what stands between the commas. */
export function membersOf(value: unknown, format: FactFormat | undefined): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (format === 'email-list' && typeof value === 'string') return value.split(',').map((part) => part.trim());
  return undefined;
}

/** Puts members back into the form that they were taken from. */
export const joinMembers = (members: readonly unknown[], like: unknown): unknown => (typeof like === 'string' ? members.join(', ') : [...members]);

/** What the gate reads of a value under its format; nothing where it cannot be read. */
export function factOf(value: unknown, format: Exclude<FactFormat, NoFormat>): Record<string, unknown> | undefined {
  const reading = readFormat(format, value);
  return reading.ok && typeof reading.value === 'object' && reading.value !== null && !Array.isArray(reading.value) ? (reading.value as Record<string, unknown>) : undefined;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
