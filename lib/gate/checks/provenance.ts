import type { Provenance } from '@/lib/protocol/decision';
import type { RegistryTool } from '@/lib/protocol/registry';
import { fold, traceArguments, type SeenTexts } from '@/lib/provenance';

/** For every text in the arguments, by JSON Pointer: where it came from. */
export const traceAction = (tool: RegistryTool, args: Record<string, unknown>, seen: SeenTexts): Provenance => traceArguments(args, seen, namedValues(tool.inputSchema));

const named = new WeakMap<object, ReadonlySet<string>>();
const DEEPEST = 32;

/** The values that a tool's schema names: an argument that is one of them was chosen, and copied from nowhere. */
function namedValues(schema: RegistryTool['inputSchema']): ReadonlySet<string> {
  const known = named.get(schema);
  if (known) return known;
  const values = new Set<string>();
  const walk = (part: unknown, depth: number): void => {
    if (typeof part !== 'object' || part === null || depth > DEEPEST) return;
    for (const [key, item] of Object.entries(part)) {
      if (key === 'enum' && Array.isArray(item)) for (const value of item) if (typeof value === 'string') values.add(fold(value).text.trim());
      if (key === 'const' && typeof item === 'string') values.add(fold(item).text.trim());
      walk(item, depth + 1);
    }
  };
  walk(schema, 0);
  named.set(schema, values);
  return values;
}
