import { unescapeStep } from '@/lib/protocol/json-pointer';
import type { RegistryTool } from '@/lib/protocol/registry';
import { argsCompiler } from '../args-validator';
import { forbiddenNames } from '../cedar/value-type';
import type { Bundle } from '../schema';
import type { BundleFinding } from './validate-bundle';

const mustRedeem = new Set(['financial', 'destructive', 'code-execution']);

export function checkTools(bundle: Bundle): BundleFinding[] {
  const findings: BundleFinding[] = [];
  const names = new Set<string>();
  const compile = argsCompiler({ checked: false });
  for (const tool of bundle.tools) {
    const path = `/tools/${tool.name}`;
    const error = (message: string, at = path) => findings.push({ level: 'error', path: at, message });
    if (names.has(tool.name)) error('is in the registry twice');
    names.add(tool.name);
    if (tool.inputSchema.type !== 'object') error('must describe an object: arguments have names', `${path}/inputSchema`);
    const bad = forbiddenName(tool.inputSchema);
    if (bad) error(`names a field "${bad}", which is reserved`, `${path}/inputSchema`);
    try {
      compile(tool);
    } catch (cause) {
      error(cause instanceof Error ? cause.message : 'cannot be compiled', `${path}/inputSchema`);
    }
    for (const pointer of [...Object.keys(tool.formats), ...Object.keys(tool.narrows ?? {}), ...(tool.resource ? [tool.resource] : [])]) {
      if (!exists(tool, pointer)) error(`points to ${pointer}, which the input schema does not have`);
    }
    if (tool.redeem !== 'required' && tool.classes.some((name) => mustRedeem.has(name))) {
      findings.push({ level: 'warning', path, message: 'is financial, destructive or runs code, so its permits should be redeemed (redeem: required)' });
    }
    if (!tool.display) findings.push({ level: 'warning', path, message: 'has no display: people will read its name and arguments instead of a sentence' });
  }
  return findings;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function exists(tool: RegistryTool, pointer: string): boolean {
  let at: unknown = tool.inputSchema;
  for (const part of pointer.slice(1).split('/')) {
    const properties = isObject(at) ? at.properties : undefined;
    const name = unescapeStep(part);
    if (!isObject(properties) || !Object.hasOwn(properties, name)) return false;
    at = properties[name];
  }
  return true;
}

function forbiddenName(schema: unknown): string | undefined {
  if (Array.isArray(schema)) return schema.map(forbiddenName).find((found) => found !== undefined);
  if (!isObject(schema)) return undefined;
  for (const [name, child] of Object.entries(schema)) {
    const found = forbiddenNames.has(name) ? name : forbiddenName(child);
    if (found) return found;
  }
  return undefined;
}
