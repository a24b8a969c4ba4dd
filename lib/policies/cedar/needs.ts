import type { Rule } from './rule';
import type { CedarRecord, CedarValue } from './value-type';

/** Which parts of the context a set of rules reads. Handing Cedar only those costs a tenth and changes no answer. */
export type Needs = { whole: boolean; fields: Map<string, Needs> };
export type SliceNeeds = { context: Needs; principal: boolean; resource: boolean };

const none = (): Needs => ({ whole: false, fields: new Map() });

export function needsOf(rules: readonly Rule[]): SliceNeeds {
  const needs: SliceNeeds = { context: none(), principal: false, resource: false };
  for (const rule of rules) {
    const { principal, resource, conditions } = rule.json;
    if (principal.op === '==' || principal.op === 'in' || (principal.op === 'is' && principal.in)) needs.principal = true;
    if (resource.op === 'in' || (resource.op === 'is' && resource.in)) needs.resource = true;
    for (const clause of conditions) walk(clause.body, needs);
  }
  return needs;
}

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

function walk(expr: unknown, needs: SliceNeeds): void {
  if (Array.isArray(expr)) return expr.forEach((item) => walk(item, needs));
  if (!isNode(expr)) return;
  const path = contextPath(expr);
  if (path) return mark(needs.context, path);
  const [key, body] = Object.entries(expr)[0] ?? [];
  switch (key) {
    case 'Value': case 'Slot': return;
    case 'Var':
      if (body === 'principal') needs.principal = true;
      if (body === 'resource') needs.resource = true;
      return;
    case '.': case 'has': case 'like': case 'is':
      if (!isNode(body)) return;
      walk(body.left, needs);
      return walk(body.in, needs);
    case 'Record': return isNode(body) ? Object.values(body).forEach((value) => walk(value, needs)) : undefined;
    default: return Array.isArray(body) ? walk(body, needs) : isNode(body) ? Object.values(body).forEach((value) => walk(value, needs)) : undefined;
  }
}

/** `context.a.b`, `context.a has b.c` or bare `context` as a path; a `has` needs what it asks about to be there, whole. */
export function contextPath(expr: Node): string[] | undefined {
  if (expr.Var === 'context') return [];
  const access = expr['.'] ?? expr.has;
  if (!isNode(access) || !isNode(access.left)) return undefined;
  const before = contextPath(access.left);
  if (!before) return undefined;
  return Array.isArray(access.attr) ? [...before, ...(access.attr as string[])] : typeof access.attr === 'string' ? [...before, access.attr] : undefined;
}

function mark(needs: Needs, path: readonly string[]): void {
  let at = needs;
  for (const name of path) {
    let next = at.fields.get(name);
    if (!next) at.fields.set(name, (next = none()));
    at = next;
  }
  at.whole = true;
}

/** The part of a value that is needed, in the order the rules named it. */
export function pick(value: CedarValue, needs: Needs): CedarValue {
  if (needs.whole || typeof value !== 'object' || Array.isArray(value)) return value;
  const from = value as CedarRecord;
  const picked: Record<string, CedarValue> = {};
  for (const [name, inner] of needs.fields) {
    const found = Object.hasOwn(from, name) ? from[name] : undefined;
    if (found !== undefined) picked[name] = pick(found, inner);
  }
  return picked;
}
