import type { CedarValue, ValueType } from '../cedar/value-type';

/** What reading an argument gives: a normalised fact, or why it cannot be read. What cannot be read is denied. */
export type Reading = { ok: true; value: CedarValue } | { ok: false; message: string };
/** One format: the type its facts always have, and how they are read. `inside` tells whether a domain belongs to the organisation. */
export type FactReader = { type: ValueType; read: (raw: unknown, inside: Inside) => Reading };
export type Inside = (domain: string) => boolean;

export const fact = (value: CedarValue): Reading => ({ ok: true, value });
export const unreadable = (message: string): Reading => ({ ok: false, message });

/** Reads one string or a list of strings; anything else is no text. An empty list is refused, since "all of none" would satisfy every rule. */
export function textsOf(raw: unknown, most: number): string[] | undefined {
  if (typeof raw === 'string') return [raw];
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > most) return undefined;
  return raw.every((item) => typeof item === 'string') ? (raw as string[]) : undefined;
}

/** Control, zero-width and bidirectional characters: what two readers of the same text see differently. */
 
export const invisible = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]/u;
