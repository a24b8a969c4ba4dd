import { canonicalJson } from '@/lib/protocol/canonical-json';
import { escapeStep } from '@/lib/protocol/json-pointer';
import type { Narrowing, RegistryTool } from '@/lib/protocol/registry';
import { isRecord, membersOf } from './members';
import { isLower, isSubList, isSubPath } from './orders';
import type { ChangeStep, Comparison } from './schema';

type Args = Readonly<Record<string, unknown>>;
type Declared = Pick<RegistryTool, 'formats' | 'narrows'>;
type Found = ChangeStep[];

/** Nobody reads more of them; the rest of a change is told in one sentence. */
const MOST_STEPS = 200;

/**
 * Whether the arguments `after` are less than `before` in the tool's declared order, path by path. Whatever no order speaks of is a
 * replacement, also what looks smaller: a shorter list of exceptions would let more through.
 */
export function compareArguments(tool: Declared, before: Args, after: Args): Comparison {
  const steps: Found = [];
  compareFields(tool, '', before, after, steps);
  if (steps.length === 0) return { kind: 'same', steps };
  const kind = steps.every((step) => step.narrows) ? 'narrowing' : 'replacement';
  if (steps.length <= MOST_STEPS) return { kind, steps };
  const rest = steps.length - MOST_STEPS;
  return { kind, steps: [...steps.slice(0, MOST_STEPS), { path: '', how: 'replaced', narrows: kind === 'narrowing', why: `and ${rest} more` }] };
}

function compareFields(tool: Declared, at: string, before: Args, after: Args, steps: Found): void {
  for (const name of Object.keys(before)) {
    const path = `${at}/${escapeStep(name)}`;
    if (Object.hasOwn(after, name)) compareValue(tool, path, before[name], after[name], steps);
    else if (ordersOf(tool, path).includes('remove')) steps.push({ path, how: 'removed', narrows: true, why: 'Without it the call does less.' });
    else steps.push({ path, how: 'removed', narrows: false, why: 'The tool does not say that less happens without it.' });
  }
  for (const name of Object.keys(after)) if (!Object.hasOwn(before, name)) steps.push({ path: `${at}/${escapeStep(name)}`, how: 'added', narrows: false, why: 'It was not there before.' });
}

function compareValue(tool: Declared, path: string, before: unknown, after: unknown, steps: Found): void {
  if (canonicalJson(before) === canonicalJson(after)) return;
  const format = Object.hasOwn(tool.formats, path) ? tool.formats[path] : undefined;
  const orders = ordersOf(tool, path);
  if (orders.includes('drop') && isSubList(before, after, format)) {
    const of = { before: membersOf(before, format)!.length, after: membersOf(after, format)!.length };
    steps.push({ path, how: 'dropped', narrows: true, why: `${of.before - of.after} of ${of.before} are left out.`, of });
  } else if (orders.includes('lower') && isLower(before, after, format)) steps.push({ path, how: 'lowered', narrows: true, why: 'It is less of the same.' });
  else if (orders.includes('deeper') && isSubPath(before, after)) steps.push({ path, how: 'deeper', narrows: true, why: 'It lies within what was asked for.' });
  else if (isRecord(before) && isRecord(after) && !Object.hasOwn(tool.formats, path)) compareFields(tool, path, before, after, steps);
  else steps.push({ path, how: 'replaced', narrows: false, why: orders.length === 0 ? 'The tool declares no order for it.' : `It is not ${orders.map((order) => words[order]).join(' or ')}.` });
}

const words: Record<Narrowing, string> = { drop: 'the same with members left out', lower: 'a lower amount of the same', deeper: 'a path within the one that was asked for', remove: 'left out' };

/** What makes this argument less: as the tool names it, else as its format says. */
export function ordersOf({ formats, narrows }: Declared, path: string): readonly Narrowing[] {
  const named = narrows && Object.hasOwn(narrows, path) ? narrows[path] : undefined;
  if (named) return named;
  switch (Object.hasOwn(formats, path) ? formats[path] : undefined) {
    case 'money': return ['lower'];
    case 'path': return ['deeper', 'drop'];
    case 'email-list': return ['drop', 'remove'];
    default: return [];
  }
}
