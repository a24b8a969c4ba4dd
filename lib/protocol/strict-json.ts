import { type JsonValue, isWellFormed, pointerStep } from './canonical-json';
import { MAX_BODY_BYTES, MAX_DEPTH } from './limits';
import { RefusedValue } from './refused-value';
import { findDuplicateKey, scanJson } from './scan-json';
import type { Issue } from './wire-error';

/** `path` in an issue is a JSON Pointer, "" for the whole message. */
export type JsonResult = { ok: true; value: JsonValue } | { ok: false; issues: [Issue] };

/** `maxBytes` counts UTF-8 bytes; `maxDepth` counts nested arrays and objects, the outermost being 1. */
export type JsonLimits = { maxBytes?: number; maxDepth?: number };

/** Keys that mean something to JavaScript or to Cedar, and so could turn data into something else on the way to a decision. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype', '__entity', '__extn', '__expr']);

/**
 * Parses JSON that must mean the same to every reader: no duplicate keys, lone surrogates, U+0000 (which
 * Postgres cannot hold), invalid UTF-8, byte order mark, numbers beyond ±2^53, refused keys, or excess of depth and size. Never throws.
 */
export function parseStrictJson(input: string | Uint8Array, limits: JsonLimits = {}): JsonResult {
  const maxBytes = limits.maxBytes ?? MAX_BODY_BYTES;
  const size = typeof input === 'string' ? textBytes(input, maxBytes) : input.byteLength;
  if (size > maxBytes) return refuse(`is larger than ${maxBytes} bytes`);

  const text = typeof input === 'string' ? input : decode(input);
  if (text === undefined) return refuse('is not valid UTF-8');
  if (text.charCodeAt(0) === 0xfeff) return refuse('starts with a byte order mark');

  const maxDepth = limits.maxDepth ?? MAX_DEPTH;
  const scan = scanJson(text);
  if (scan.depth > maxDepth) return refuse(`is nested deeper than ${maxDepth} levels`);

  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('is not valid JSON');
  }

  const walk: Walk = { maxDepth, maxBytes: Number.POSITIVE_INFINITY, bytes: 0, members: 0 };
  const issue = check(value, 1, walk);
  if (issue) return { ok: false, issues: [issue] };
  // JSON.parse keeps the last of two equal keys: fewer members than the text has means that one was dropped.
  if (walk.members !== scan.members) return { ok: false, issues: [{ path: findDuplicateKey(text), message: 'appears twice' }] };
  return { ok: true, value: value as JsonValue };
}

/**
 * The same checks on a value that somebody else's parser made (socket.io's). Duplicate keys cannot be seen here any more;
 * whoever read the text puts a RefusedValue in their place. Size is that of the compact text before escapes. Never throws
 * and bounds its own recursion.
 */
export function checkJsonValue(value: unknown, limits: JsonLimits = {}): JsonResult {
  if (value instanceof RefusedValue) return { ok: false, issues: [{ path: value.path, message: value.message }] };
  const walk: Walk = { maxDepth: limits.maxDepth ?? MAX_DEPTH, maxBytes: limits.maxBytes ?? MAX_BODY_BYTES, bytes: 0, members: 0 };
  const issue = check(value, 1, walk);
  return issue ? { ok: false, issues: [issue] } : { ok: true, value: value as JsonValue };
}

type Walk = { maxDepth: number; maxBytes: number; bytes: number; members: number };

function check(value: unknown, depth: number, walk: Walk): Issue | undefined {
  switch (typeof value) {
    case 'string':
      return checkText(value, walk);
    case 'number':
      return checkNumber(value, walk);
    case 'boolean':
      return spend(5, walk);
    case 'object':
      if (value === null) return spend(4, walk);
      if (depth > walk.maxDepth) return { path: '', message: `is nested deeper than ${walk.maxDepth} levels` };
      return Array.isArray(value) ? checkArray(value, depth, walk) : checkObject(value, depth, walk);
    default:
      return { path: '', message: 'is not a JSON value' };
  }
}

function checkText(text: string, walk: Walk): Issue | undefined {
  if (!isWellFormed(text)) return { path: '', message: 'contains a lone surrogate' };
  if (text.includes('\0')) return { path: '', message: 'contains the character U+0000' };
  return spend(textBytes(text, walk.maxBytes) + 2, walk);
}

function checkNumber(value: number, walk: Walk): Issue | undefined {
  // 2^53 itself is refused: 2^53 + 1 reads as the same number.
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return { path: '', message: 'is a number beyond ±2^53' };
  return spend(1, walk);
}

function checkArray(items: readonly unknown[], depth: number, walk: Walk): Issue | undefined {
  const over = spend(2 + items.length, walk);
  if (over) return over;
  for (let i = 0; i < items.length; i++) {
    const issue = check(items[i], depth + 1, walk);
    if (issue) return { path: pointerStep(i) + issue.path, message: issue.message };
  }
  return undefined;
}

function checkObject(value: object, depth: number, walk: Walk): Issue | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return { path: '', message: 'is not a JSON value' };
  const record = value as Record<string, unknown>;
  const over = spend(2, walk);
  if (over) return over;
  for (const key of Object.keys(record)) {
    walk.members++;
    const issue = checkKey(key, walk) ?? check(record[key], depth + 1, walk);
    if (issue) return { path: pointerStep(key) + issue.path, message: issue.message };
  }
  return undefined;
}

function checkKey(key: string, walk: Walk): Issue | undefined {
  if (REFUSED_KEYS.has(key)) return { path: '', message: 'is a refused key' };
  if (!isWellFormed(key)) return { path: '', message: 'has a lone surrogate in its key' };
  if (key.includes('\0')) return { path: '', message: 'has the character U+0000 in its key' };
  return spend(textBytes(key, walk.maxBytes) + 4, walk);
}

function spend(bytes: number, walk: Walk): Issue | undefined {
  walk.bytes += bytes;
  return walk.bytes > walk.maxBytes ? { path: '', message: `is larger than ${walk.maxBytes} bytes` } : undefined;
}

/** UTF-8 length; when the text is over the limit by its code units alone, it is not measured further. */
function textBytes(text: string, limit: number): number {
  return text.length > limit ? text.length : Buffer.byteLength(text);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refuse(message: string): JsonResult {
  return { ok: false, issues: [{ path: '', message }] };
}
