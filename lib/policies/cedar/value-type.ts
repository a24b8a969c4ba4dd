/** The types that a rule can see. Every argument has exactly one of them, fixed by the tool's schema and never by what an agent sends. */
export type ValueType =
  | { kind: 'string' }
  | { kind: 'long' }
  | { kind: 'bool' }
  | { kind: 'decimal' }
  | { kind: 'set'; of: ValueType }
  | { kind: 'record'; fields: Record<string, Field> };
export type Field = { type: ValueType; required: boolean };

export type CedarDecimal = { __extn: { fn: 'decimal'; arg: string } };
export type CedarValue = string | number | boolean | CedarDecimal | readonly CedarValue[] | CedarRecord;
export type CedarRecord = { readonly [name: string]: CedarValue };

export const stringType: ValueType = { kind: 'string' };
export const longType: ValueType = { kind: 'long' };
export const boolType: ValueType = { kind: 'bool' };
export const decimalType: ValueType = { kind: 'decimal' };
export const setOf = (of: ValueType): ValueType => ({ kind: 'set', of });
/** A record all of whose fields are always there. */
export const recordOf = (types: Record<string, ValueType>): ValueType => ({
  kind: 'record',
  fields: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type, required: true }])),
});

const decimalShape = /^(-?)(\d{1,15})(?:\.(\d{1,4}))?$/;
const largestWhole = 922_337_203_685_476;

/** Writes a decimal of scale four as Cedar reads it, or nothing where it would have to be rounded or does not fit. */
export function decimal(text: string): CedarDecimal | undefined {
  const match = decimalShape.exec(text);
  if (!match || Number(match[2]) > largestWhole) return undefined;
  return { __extn: { fn: 'decimal', arg: `${match[1]}${match[2]}.${match[3] ?? '0'}` } };
}

/** Names that would change what a value means to Cedar or to JavaScript. */
export const forbiddenNames: ReadonlySet<string> = new Set(['__entity', '__extn', '__expr', '__proto__', 'constructor', 'prototype']);
