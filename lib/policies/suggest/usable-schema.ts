import type { RegistryTool } from '@/lib/protocol/registry';
import { argsCompiler } from '../args-validator';
import { forbiddenNames } from '../cedar/value-type';

const mostText = 100_000;
const deepest = 24;
const halfOfCharacter = /\p{Surrogate}/u;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a server says its tool takes, as far as the gate can hold calls against it. */
export type UsableSchema = { schema: Record<string, unknown>; note: string | undefined };
export const anything: Record<string, unknown> = { type: 'object', additionalProperties: true };
const simpleTypes = ['string', 'integer', 'number', 'boolean', 'object', 'array'];

/** The schema itself; where the gate cannot use it, its plain outline; where there is none, anything. `undefined`: no call of such a tool could be checked. */
export function usableSchema(given: Record<string, unknown> | undefined, compiles = compiler()): UsableSchema | undefined {
  if (given === undefined || Object.keys(given).length === 0) return { schema: anything, note: 'says nothing of what it takes' };
  if (!bounded(given)) return { schema: anything, note: 'has a schema too large or too deep to hold calls against; it was left out' };
  if (namesForbidden(given)) return undefined;
  const typed: Record<string, unknown> = { ...(opened(given) as Record<string, unknown>), type: 'object' };
  if (given.type === undefined || given.type === 'object') {
    if (isPlain(typed, 0) || compiles(typed)) return { schema: typed, note: undefined };
    const simple = outline(typed);
    if (compiles(simple)) return { schema: simple, note: 'has a schema that the gate cannot use as it is; its outline was kept' };
  }
  return { schema: anything, note: 'has a schema that the gate cannot use; it was left out' };
}

/** An object inside that names no properties may hold anything; the gate would otherwise take it to hold nothing. */
function opened(schema: unknown, inside = false): unknown {
  if (!isObject(schema)) return schema;
  const copy: Record<string, unknown> = { ...schema };
  if (isObject(copy.properties)) copy.properties = Object.fromEntries(Object.entries(copy.properties).map(([name, child]) => [name, opened(child, true)]));
  if (isObject(copy.items)) copy.items = opened(copy.items, true);
  const says = ['properties', 'additionalProperties', 'unevaluatedProperties', 'patternProperties', 'allOf', 'anyOf', 'oneOf', '$ref', 'if'].some((key) => key in copy);
  const object = copy.type === 'object' || (Array.isArray(copy.type) && copy.type.includes('object'));
  return inside && object && !says ? { ...copy, additionalProperties: true } : copy;
}

/** Whether a schema can be compiled, with one compiler for a list of tools. */
export function compiler(): (schema: Record<string, unknown>) => boolean {
  let compile: ReturnType<typeof argsCompiler> | undefined;
  return (schema) => {
    try {
      compile ??= argsCompiler({ checked: false });
      compile({ inputSchema: schema } as RegistryTool);
      return true;
    } catch {
      return false;
    }
  };
}

const texts = new Set(['description', 'title']);
const formats = new Set(['uri', 'email', 'date-time', 'date', 'uuid']);
/** What most schemas are: types, names and descriptions. Those need no compiler to be known for good. */
function isPlain(schema: Record<string, unknown>, depth: number): boolean {
  return depth < 8 && Object.entries(schema).every(([key, value]) => {
    if (key === 'type') return typeof value === 'string' && simpleTypes.includes(value);
    if (key === 'additionalProperties') return typeof value === 'boolean';
    if (texts.has(key)) return typeof value === 'string';
    if (key === 'format') return schema.type === 'string' && typeof value === 'string' && formats.has(value);
    if (key === 'properties') return schema.type === 'object' && isObject(value) && Object.values(value).every((child) => isObject(child) && isPlain(child, depth + 1));
    if (key === 'items') return schema.type === 'array' && isObject(value) && isPlain(value, depth + 1);
    return key === 'required' && schema.type === 'object' && Array.isArray(value) && value.every((name) => typeof name === 'string') && new Set(value).size === value.length;
  });
}

/** Names and types of the arguments, and nothing else. */
function outline(schema: Record<string, unknown>): Record<string, unknown> {
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, child]) => {
    const type = isObject(child) && typeof child.type === 'string' && simpleTypes.includes(child.type) ? child.type : undefined;
    return [name, type === undefined ? {} : { type }] as const;
  });
  const names = new Set(properties.map(([name]) => name));
  const required = Array.isArray(schema.required) ? [...new Set(schema.required.filter((name): name is string => typeof name === 'string' && names.has(name)))] : [];
  return { type: 'object', properties: Object.fromEntries(properties), ...(required.length > 0 ? { required } : {}), ...(schema.additionalProperties === true ? { additionalProperties: true } : {}) };
}

/** Walks without recursion: what is too deep to be walked is found by the walk itself. */
function bounded(schema: unknown): boolean {
  let size = 0;
  const open: [unknown, number][] = [[schema, 0]];
  while (open.length > 0) {
    const [value, depth] = open.pop()!;
    if (depth > deepest) return false;
    if (typeof value === 'string') size += value.length;
    else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) { size += key.length + 8; open.push([item, depth + 1]); }
    if (size > mostText) return false;
  }
  return true;
}

function namesForbidden(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(namesForbidden);
  if (!isObject(schema)) return false;
  return Object.entries(schema).some(([name, child]) => forbiddenNames.has(name) || halfOfCharacter.test(name) || namesForbidden(child));
}
