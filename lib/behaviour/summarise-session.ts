import { NotedValues } from './arguments/note-values';
import { mostValues } from './arguments/schema';
import { LiveSummary, type NotedResult } from './live-summary';
import { readArguments } from './read-arguments';
import { mostPerSession as most, type SessionSummary } from './schema';
import { Sample } from './spread';

/** One call of a session that is over. Only of what was allowed in the end the arguments are learned from: what was refused is not usual. */
export type CallFacts = { tool: string; atMs: number; allowed: boolean; sent: number; costE4: number; args?: Readonly<Record<string, unknown>> };
export type SessionFacts = { openedAtMs: number; endedAtMs: number; calls: readonly CallFacts[]; results: readonly NotedResult[]; said: number };

type Field = { n: number; kinds: Set<string>; numbers: Sample; domains: Set<string>; moreDomains: number; values: NotedValues };
type Tool = { calls: number; sizes: Sample; fields: Map<string, Field>; moreFields: boolean };

/** What one session teaches, in a bounded number of words. The same facts always give the same summary. */
export function summariseSession(facts: SessionFacts): SessionSummary {
  const live = new LiveSummary(facts.openedAtMs);
  const tools = new Map<string, Tool>();
  const moves = new Map<string, Map<string, number>>();
  const left = { fields: most.fields, domains: most.domains, moves: most.moves, values: mostValues.perSession };
  let moreTools = 0;
  for (const call of facts.calls) {
    addMove(moves, left, live.last, call.tool);
    live.note({ tool: call.tool, atMs: call.atMs, denied: !call.allowed, sent: call.sent, costE4: call.costE4 });
    if (!call.allowed) continue;
    let tool = tools.get(call.tool);
    if (!tool) {
      if (tools.size >= most.tools) { moreTools += 1; continue; }
      tools.set(call.tool, (tool = { calls: 0, sizes: new Sample(most.sample), fields: new Map(), moreFields: false }));
    }
    tool.calls += 1;
    if (call.args) addArguments(tool, left, call.args);
  }
  for (const result of facts.results) live.finish(result);
  live.say(facts.said);
  return {
    format: 1, openedAt: new Date(facts.openedAtMs).toISOString(), endedAt: new Date(facts.endedAtMs).toISOString(), figures: live.figures(facts.endedAtMs), moreTools,
    tools: Object.fromEntries([...tools].map(([name, tool]) => [name, { calls: tool.calls, sizes: tool.sizes.values, moreFields: tool.moreFields, fields: Object.fromEntries([...tool.fields].map(([path, field]) => [path, { n: field.n, kinds: [...field.kinds], numbers: field.numbers.values, domains: [...field.domains], moreDomains: field.moreDomains, values: field.values.seen }])) }])),
    moves: Object.fromEntries([...moves].map(([from, next]) => [from, Object.fromEntries(next)])),
  };
}

function addMove(moves: Map<string, Map<string, number>>, left: { moves: number }, from: string, to: string): void {
  let next = moves.get(from);
  const before = next?.get(to);
  if (before === undefined && left.moves-- <= 0) return;
  if (!next) moves.set(from, (next = new Map()));
  next.set(to, (before ?? 0) + 1);
}

function addArguments(tool: Tool, left: { fields: number; domains: number; values: number }, args: Readonly<Record<string, unknown>>): void {
  const read = readArguments(args);
  tool.sizes.add(read.size);
  const here = new Set<string>();
  for (const leaf of read.leaves) {
    let field = tool.fields.get(leaf.path);
    if (!field) {
      if (tool.fields.size >= most.fieldsPerTool || left.fields <= 0) { tool.moreFields = true; continue; }
      left.fields -= 1;
      tool.fields.set(leaf.path, (field = { n: 0, kinds: new Set(), numbers: new Sample(most.sample), domains: new Set(), moreDomains: 0, values: new NotedValues(leaf.path) }));
    }
    if (!here.has(leaf.path)) { field.n += 1; here.add(leaf.path); }
    field.kinds.add(leaf.kind);
    field.values.note(leaf, left);
    if (leaf.number !== undefined && !field.values.secret) field.numbers.add(leaf.number);
    for (const domain of leaf.domains) {
      if (field.domains.has(domain)) continue;
      if (field.domains.size >= most.domainsPerField || left.domains <= 0) { field.moreDomains += 1; continue; }
      left.domains -= 1;
      field.domains.add(domain);
    }
  }
}
