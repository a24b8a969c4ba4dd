import { unescapeStep } from '@/lib/protocol/json-pointer';
import type { FactFormat } from '@/lib/protocol/registry';
import type { Issue } from '@/lib/protocol/wire-error';
import { factReaders } from './facts';
import type { Reading } from './facts/fact';
import { normalPath } from './facts/path';
import { url } from './facts/url';
import type { PreparedBundle, PreparedTool } from './cedar/prepare-bundle';
import type { CedarRecord } from './cedar/value-type';

/** The arguments as rules see them, or why they can't be read, which denies. */
export type Facts = { ok: true; facts: CedarRecord } | { ok: false; issues: Issue[] };

/** Holds arguments against the tool's schema. Empty means they fit. */
export const validateArgs = (tool: PreparedTool, args: unknown): Issue[] => tool.validate(args);

/** Reads arguments that fit the schema into normalised facts, once for all later checks. */
export function readFacts(prepared: PreparedBundle, tool: PreparedTool, args: Record<string, unknown>): Facts {
  const issues: Issue[] = [];
  const facts = tool.reader.read(args, prepared.inside, issues);
  return issues.length > 0 ? { ok: false, issues } : { ok: true, facts };
}

/** Formats that are shown as they are and read by nobody. */
export type NoFormat = 'string' | 'opaque';

/** One value under its format, by itself: for whoever compares two. No domain counts as inside. */
export const readFormat = (format: Exclude<FactFormat, NoFormat>, value: unknown): Reading => factReaders[format].read(value, () => false);

/** The normalised value that a capability's scope is held against; nothing where the tool declares none or it is missing, not text or unreadable. */
export function resourceOf(prepared: PreparedBundle, { tool }: PreparedTool, args: Record<string, unknown>): string | undefined {
  if (tool.resource === undefined) return undefined;
  let value: unknown = args;
  for (const part of tool.resource.slice(1).split('/')) {
    const name = unescapeStep(part);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value !== 'string' || value === '') return undefined;
  switch (tool.formats[tool.resource]) {
    case 'path': {
      const resolved = normalPath(value);
      return resolved.ok ? resolved.path : undefined;
    }
    case 'url':
      return url.read(value, prepared.inside).ok ? new URL(value).href : undefined;
    default:
      return value;
  }
}
