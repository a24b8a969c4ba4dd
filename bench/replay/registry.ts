import { starterBundle, type Bundle } from '@/lib/policies';
import { bundleSchema } from '@/lib/policies/schema';
import type { RegistryToolInput } from '@/lib/protocol/registry';
import type { Row } from './rows';

const reading = new Set('get search list view read find check fetch lookup show describe query retrieve calculate convert count compare browse summarize summarise'.split(' '));
const writing = new Set('add create send update delete remove set post write make place pay transfer withdraw deposit book cancel grant revoke lock unlock open close start stop run execute modify edit manage share upload move assign buy sell order schedule reply forward dispatch generate register submit approve change'.split(' '));

/**
 * Tools that nobody here has registered, as an operator would who knows only their names: what says that it reads may read, unless what it reads
 * for came out of untrusted text; of everything else a person is asked. Schemas are what the recorded arguments have in common.
 */
export function bundleFor(rows: readonly Row[], sequence: number): { bundle: Bundle; names: ReadonlyMap<string, string> } {
  const names = new Map<string, string>();
  const shapes = new Map<string, Map<string, Set<string>>>();
  for (const { tool, args } of rows) {
    let name = names.get(tool);
    if (name === undefined) names.set(tool, (name = registered(tool, names.size)));
    const shape = shapes.get(name) ?? shapes.set(name, new Map()).get(name)!;
    for (const [key, value] of Object.entries(args)) (shape.get(key) ?? shape.set(key, new Set()).get(key)!).add(typeOf(value));
  }
  const tools = [...names].map(([tool, name]): RegistryToolInput => {
    const reads = readsOnly(tool);
    return {
      name, toolset: 'replayed', operation: reads ? 'read' : 'write', classes: [reads ? 'read-only' : 'internal-write'],
      inputSchema: { type: 'object', additionalProperties: false, properties: Object.fromEntries([...shapes.get(name)!].map(([key, types]) => [key, { type: types.size === 1 ? [...types][0] : [...types] }])) },
      annotations: { readOnlyHint: reads },
    };
  });
  const on = (kind: string, rest = '') => `permit (principal, action == Action::"call", resource in ToolClass::"${kind}")${rest};`;
  const policies = {
    'replay.read': { text: `@reason("It only reads.")\n${on('read-only')}` },
    'replay.read-tainted': { text: `@ask("routine")\n@reason("What it reads for came out of text that nobody vouches for.")\n${on('read-only', '\nwhen { !context.tainted.isEmpty() }')}` },
    'replay.write': { text: `@ask("routine")\n@reason("It changes something.")\n${on('internal-write')}` },
  };
  const starter = starterBundle(sequence);
  return { bundle: bundleSchema.parse({ ...starter, name: 'Replayed tools', tools, policies, limits: [] }), names };
}

/** By the first word of its name that is a verb; where none is, it is taken to write. */
function readsOnly(tool: string): boolean {
  for (const word of tool.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/)) {
    if (writing.has(word)) return false;
    if (reading.has(word)) return true;
  }
  return false;
}

const registered = (tool: string, n: number) => (/^[A-Za-z0-9_][A-Za-z0-9_.\-/]{0,127}$/.test(tool) ? tool : `tool_${n}`);
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}
