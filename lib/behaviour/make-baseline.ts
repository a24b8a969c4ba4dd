import { learnValues, type Room } from './arguments/learn-values';
import { mostValues, type SeenValues } from './arguments/schema';
import { figureNames, mostKept as most, type Baseline, type BaselineField, type FigureName, type SessionSummary, type Spread } from './schema';
import { spreadOf, type Weighted } from './spread';

type Field = { n: number; kinds: Set<string>; numbers: Weighted[]; domains: Map<string, number>; more: number; values: SeenValues[] };
type Tool = { calls: number; perSession: number[]; sizes: Weighted[]; fields: Map<string, Field>; moreFields: boolean };

/** What is usual, from sessions in any order; bounded, whatever is in them. What is rarest finds no room first, and that it did not is known. */
export function makeBaseline(summaries: readonly SessionSummary[]): Baseline {
  const tools = new Map<string, Tool>();
  const moves = new Map<string, Map<string, number>>();
  let moreTools = 0;
  for (const summary of summaries) {
    moreTools += summary.moreTools;
    for (const [name, seen] of Object.entries(summary.tools)) addTool(tools, name, seen);
    for (const [from, next] of Object.entries(summary.moves)) {
      const into = moves.get(from) ?? new Map<string, number>();
      moves.set(from, into);
      for (const [to, n] of Object.entries(next)) into.set(to, (into.get(to) ?? 0) + n);
    }
  }
  const kept = mostFrequent([...tools], ([, tool]) => tool.calls, most.tools);
  moreTools += [...tools.values()].reduce((sum, tool) => sum + tool.calls, 0) - kept.reduce((sum, [, tool]) => sum + tool.calls, 0);
  const left = { fields: most.fields as number, domains: most.domains as number, shapes: mostValues.shapes as number, words: mostValues.words as number };
  const times = summaries.flatMap(({ openedAt, endedAt }) => [openedAt, endedAt]).sort();
  return {
    format: 1, sessions: summaries.length, calls: summaries.reduce((sum, { figures }) => sum + figures.calls, 0), from: times[0] ?? '', to: times.at(-1) ?? '',
    figures: Object.fromEntries(figureNames.map((name) => [name, spreadOf(summaries.map(({ figures }): Weighted => [figures[name], 1]))])) as Record<FigureName, Spread>,
    tools: Object.fromEntries(kept.map(([name, tool]) => [name, {
      calls: tool.calls, sessions: tool.perSession.length, perSession: spreadOf(tool.perSession.map((n): Weighted => [n, 1])), size: spreadOf(tool.sizes), ...fieldsOf(tool, left),
    }])),
    moreTools,
    moves: Object.fromEntries(mostFrequent([...moves], ([, next]) => sum(next), most.tools).map(([from, next]) => [from, { n: sum(next), next: Object.fromEntries(mostFrequent([...next], ([, n]) => n, most.movesPerTool)) }])),
  };
}

function addTool(tools: Map<string, Tool>, name: string, seen: SessionSummary['tools'][string]): void {
  const tool = tools.get(name) ?? { calls: 0, perSession: [], sizes: [], fields: new Map<string, Field>(), moreFields: false };
  tools.set(name, tool);
  tool.calls += seen.calls;
  tool.perSession.push(seen.calls);
  tool.moreFields ||= seen.moreFields;
  // A sample stands for all the calls that it was taken of.
  for (const size of seen.sizes) tool.sizes.push([size, seen.calls / seen.sizes.length]);
  for (const [path, from] of Object.entries(seen.fields)) {
    const field = tool.fields.get(path) ?? { n: 0, kinds: new Set<string>(), numbers: [], domains: new Map<string, number>(), more: 0, values: [] };
    tool.fields.set(path, field);
    field.n += from.n;
    field.more += from.moreDomains;
    if (from.values) field.values.push(from.values);
    for (const kind of from.kinds) if (field.kinds.size < most.kindsPerField) field.kinds.add(kind);
    for (const value of from.numbers) field.numbers.push([value, from.n / from.numbers.length]);
    for (const domain of from.domains) field.domains.set(domain, (field.domains.get(domain) ?? 0) + 1);
  }
}

function fieldsOf(tool: Tool, left: Room & { fields: number; domains: number }): { fields: Record<string, BaselineField>; moreFields: boolean } {
  const kept = mostFrequent([...tool.fields], ([, field]) => field.n, Math.min(most.fieldsPerTool, left.fields));
  left.fields -= kept.length;
  const fields = kept.map(([path, field]): [string, BaselineField] => {
    const domains = mostFrequent([...field.domains], ([, n]) => n, Math.min(most.domainsPerField, left.domains));
    left.domains -= domains.length;
    const seen = sum(field.domains) + field.more;
    return [path, {
      n: field.n, kinds: [...field.kinds].sort(), ...(field.numbers.length > 0 ? { number: spreadOf(field.numbers) } : {}), domains: Object.fromEntries(domains), seen,
      once: domains.filter(([, n]) => n === 1).length, more: seen - domains.reduce((total, [, n]) => total + n, 0),
      held: learnValues(field.values, field.numbers, left),
    }];
  });
  return { fields: Object.fromEntries(fields), moreFields: tool.moreFields || kept.length < tool.fields.size };
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((total, n) => total + n, 0);

/** By count, and by name where counts are alike, so that the order in which sessions came changes nothing. */
function mostFrequent<E extends readonly [string, unknown]>(entries: E[], countOf: (entry: E) => number, atMost: number): E[] {
  return entries.sort((a, b) => countOf(b) - countOf(a) || (a[0] < b[0] ? -1 : 1)).slice(0, Math.max(0, atMost));
}
