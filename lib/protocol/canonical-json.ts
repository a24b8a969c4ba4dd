import { escapeStep } from './json-pointer';
/** Any value that JSON can carry; what arrives from outside is this after parsing and nothing more. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Thrown for a value that has no JSON form; `path` is a JSON Pointer to it. */
export class CanonicalJsonError extends Error {
  override readonly name = 'CanonicalJsonError';
  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${path === '' ? 'The value' : path} ${problem}.`);
  }
}

/**
 * The RFC 8785 canonical text of a JSON value: members sorted by UTF-16 code units, numbers as ECMAScript prints them,
 * no white space. Throws CanonicalJsonError for anything JSON cannot carry (undefined, bigint, NaN, lone surrogates,
 * class instances): dropping or mending a value silently would let two different values share one digest.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** Deeper than any contract of ours allows; it only turns a stack overflow (a cycle, say) into a sentence. */
const MAX_DEPTH = 512;
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      if (!Number.isFinite(value)) throw new CanonicalJsonError('', 'is not a finite number');
      return value === 0 ? '0' : `${value}`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) throw new CanonicalJsonError('', 'is nested too deeply or contains itself');
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new CanonicalJsonError('', `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON cannot carry`);
  }
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ',';
    try {
      text += write(items[i], depth + 1);
    } catch (error) {
      throw below(error, i);
    }
  }
  return `${text}]`;
}

function writeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new CanonicalJsonError('', 'is an instance of a class, which JSON cannot carry');
  }
  const record = value as Record<string, unknown>;
  // The default sort compares UTF-16 code units, which is what RFC 8785 section 3.2.3 asks for.
  const keys = Object.keys(record).sort();
  let text = '{';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (i > 0) text += ',';
    try {
      text += `${quote(key)}:${write(record[key], depth + 1)}`;
    } catch (error) {
      throw below(error, key);
    }
  }
  return `${text}}`;
}

function quote(text: string): string {
  // Short plain ASCII is most of what is signed here, and needs no escaping.
  if (text.length < 128 && PLAIN_TEXT.test(text)) return `"${text}"`;
  if (!isWellFormed(text)) throw new CanonicalJsonError('', 'contains a lone surrogate');
  return JSON.stringify(text);
}

/** Whether a string has no lone surrogate, so that it has exactly one UTF-8 form. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** One step of a JSON Pointer (RFC 6901), with its leading slash; always well formed, since it ends up in messages. */
export function pointerStep(key: string | number): string {
  if (typeof key === 'number') return `/${key}`;
  const text = (key as string & { toWellFormed(): string }).toWellFormed();
  return `/${escapeStep(text)}`;
}

function below(error: unknown, key: string | number): unknown {
  return error instanceof CanonicalJsonError ? new CanonicalJsonError(pointerStep(key) + error.path, error.problem) : error;
}
