import { escapeStep, unescapeStep } from '@/lib/protocol/json-pointer';
import type { Issue } from '@/lib/protocol/wire-error';
import type { FactFormat, RegistryTool } from '@/lib/protocol/registry';
import { factReaders, type Inside } from '../facts';
import { boolType, decimal, decimalType, forbiddenNames, longType, setOf, stringType, type CedarRecord, type CedarValue, type Field, type ValueType } from './value-type';

/** Turns arguments into the values that rules see. Types come from the tool's schema alone. */
export type ArgsReader = { type: ValueType & { kind: 'record' }; read: (args: Record<string, unknown>, inside: Inside, issues: Issue[]) => CedarRecord };
type Reader = { type: ValueType; read: (raw: unknown, inside: Inside, issues: Issue[], path: string) => CedarValue | undefined };
type Schema = Record<string, unknown>;

/** Compiles a tool's input schema and formats once a bundle. Parts whose type isn't fixed by the schema stay invisible to rules. */
export function argsReader(tool: RegistryTool): ArgsReader {
  const root = tool.inputSchema;
  const compiled = objectReader(root, '', { root, formats: tool.formats, depth: 0 });
  return { type: compiled.type as ArgsReader['type'], read: (args, inside, issues) => compiled.read(args, inside, issues, '') as CedarRecord };
}

type Place = { root: Schema; formats: Readonly<Record<string, FactFormat>>; depth: number };
const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

function objectReader(schema: Schema, pointer: string, place: Place): Reader {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const fields: Record<string, Field> = {};
  const readers: [string, Reader][] = [];
  for (const [name, child] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (!isObject(child) || forbiddenNames.has(name)) continue;
    const found = readerOf(child, `${pointer}/${escapeStep(name)}`, place);
    if (!found) continue;
    fields[name] = { type: found.reader.type, required: required.has(name) && !found.nullable };
    readers.push([name, found.reader]);
  }
  return {
    type: { kind: 'record', fields },
    read(raw, inside, issues, path) {
      const from = isObject(raw) ? raw : {};
      const record: Record<string, CedarValue> = {};
      for (const [name, reader] of readers) {
        if (!Object.hasOwn(from, name)) continue;
        const value = from[name];
        if (value === null || value === undefined) continue;
        const read = reader.read(value, inside, issues, `${path}/${escapeStep(name)}`);
        if (read !== undefined) record[name] = read;
      }
      return record;
    },
  };
}

function readerOf(given: Schema, pointer: string, place: Place): { reader: Reader; nullable: boolean } | undefined {
  if (place.depth > 16) return undefined;
  const inner = { ...place, depth: place.depth + 1 };
  const { schema, nullable } = withoutNull(resolve(given, place.root));
  const format = place.formats[pointer];
  if (format === 'opaque') return undefined;
  if (format !== undefined && format !== 'string') return { reader: factReader(factReaders[format]), nullable };
  const reader = format === 'string' ? text : plainReader(schema, pointer, inner);
  return reader && { reader, nullable };
}

function plainReader(schema: Schema, pointer: string, place: Place): Reader | undefined {
  switch (typeOf(schema)) {
    case 'string': return text;
    case 'boolean': return bool;
    case 'integer': return whole;
    case 'number': return number;
    case 'object': return objectReader(schema, pointer, place);
    case 'array': return listReader(isObject(schema.items) ? readerOf(schema.items, `${pointer}/*`, place) : undefined);
    default: return undefined;
  }
}

const mismatch = (issues: Issue[], path: string, message: string): undefined => void issues.push({ path, message });
const loneSurrogate = /\p{Surrogate}/u;
const text: Reader = { type: stringType, read: (raw, _inside, issues, path) => (typeof raw === 'string' && !loneSurrogate.test(raw) ? raw : mismatch(issues, path, 'must be text')) };
const bool: Reader = { type: boolType, read: (raw, _inside, issues, path) => (typeof raw === 'boolean' ? raw : mismatch(issues, path, 'must be true or false')) };
const whole: Reader = { type: longType, read: (raw, _inside, issues, path) => (Number.isSafeInteger(raw) ? (raw as number) + 0 : mismatch(issues, path, 'must be a whole number within ±2^53')) };
const number: Reader = {
  type: decimalType,
  read: (raw, _inside, issues, path) =>
    (typeof raw === 'number' ? decimal(String(raw === 0 ? 0 : raw)) : undefined) ?? mismatch(issues, path, 'must be a number with at most four decimal places, so that rules can compare it exactly'),
};

function factReader(source: { type: ValueType; read: (raw: unknown, inside: Inside) => { ok: true; value: CedarValue } | { ok: false; message: string } }): Reader {
  return {
    type: source.type,
    read(raw, inside, issues, path) {
      const texts: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
      // Half a character pair has no UTF-8 form, so neither Cedar nor the tool could be handed what was checked.
      if (texts.some((part) => typeof part === 'string' && loneSurrogate.test(part))) return mismatch(issues, path, 'holds half of a character');
      const reading = source.read(raw, inside);
      return reading.ok ? reading.value : mismatch(issues, path, reading.message);
    },
  };
}

/** Lists become `{items, count}`: Cedar's sets forget how many there were. */
function listReader(element: { reader: Reader; nullable: boolean } | undefined): Reader {
  const fields: Record<string, Field> = { count: { type: longType, required: true } };
  if (element) fields.items = { type: setOf(element.reader.type), required: true };
  return {
    type: { kind: 'record', fields },
    read(raw, inside, issues, path): CedarValue | undefined {
      if (!Array.isArray(raw)) return mismatch(issues, path, 'must be a list');
      if (!element) return { count: raw.length };
      const items: CedarValue[] = [];
      raw.forEach((item, index) => {
        const read = item === null ? undefined : element.reader.read(item, inside, issues, `${path}/${index}`);
        if (read !== undefined) items.push(read);
      });
      return { items, count: raw.length };
    },
  };
}

function typeOf(schema: Schema): string | undefined {
  if (typeof schema.type === 'string') return schema.type;
  if (schema.type !== undefined) return undefined;
  const values = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : [];
  return values.length > 0 && values.every((value) => typeof value === 'string') ? 'string' : undefined;
}

function withoutNull(schema: Schema): { schema: Schema; nullable: boolean } {
  if (Array.isArray(schema.type)) {
    const rest = schema.type.filter((type) => type !== 'null');
    return rest.length === 1 ? { schema: { ...schema, type: rest[0] }, nullable: rest.length < schema.type.length } : { schema, nullable: true };
  }
  const choices = [schema.anyOf, schema.oneOf].find((list): list is Schema[] => Array.isArray(list));
  if (choices && schema.type === undefined) {
    const rest = choices.filter((choice) => !(isObject(choice) && choice.type === 'null'));
    if (rest.length === 1 && rest.length < choices.length && isObject(rest[0])) return { schema: rest[0], nullable: true };
    return { schema: {}, nullable: true };
  }
  return { schema, nullable: false };
}

function resolve(schema: Schema, root: Schema): Schema {
  let at = schema;
  for (let hops = 0; hops < 8 && typeof at.$ref === 'string'; hops += 1) {
    if (!at.$ref.startsWith('#/')) return {};
    const target = at.$ref.slice(2).split('/').reduce<unknown>((node, part) => (isObject(node) ? node[unescapeStep(part)] : undefined), root);
    if (!isObject(target)) return {};
    at = target;
  }
  return typeof at.$ref === 'string' ? {} : at;
}

