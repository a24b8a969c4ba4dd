import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Bundle } from './schema';

/** What a person reads about a call: decoded from the arguments, never from the agent's own words. */
export type CallSentence = { title: string; verb: string; object: string; destination: string | undefined; undo: string };

/** Fills a tool's sentences from a call's arguments; values are quoted in full, whoever shows them folds. */
export function callSentence(tool: RegistryTool, args: Readonly<Record<string, unknown>>): CallSentence {
  const { display } = tool;
  if (!display) return { title: `Call ${tool.name}`, verb: 'Call', object: tool.name, destination: undefined, undo: 'Nothing is known about undoing this.' };
  return {
    title: filled(display.title, args),
    verb: display.verb,
    object: filled(display.object, args),
    destination: display.destination === undefined ? undefined : filled(display.destination, args),
    undo: display.undo,
  };
}

/** `{to}` is the value; `{files|one file|# files}` counts it, `{files|nothing|one file|# files}` names none apart. */
function filled(template: string, args: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{([A-Za-z_][A-Za-z0-9_.]*)((?:\|[^{}|]*)*)\}/g, (_whole, path: string, forms: string) => {
    const value = path.split('.').reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), args);
    return forms === '' ? shown(value) : counted(value, forms.slice(1).split('|'));
  });
}

function counted(value: unknown, forms: readonly string[]): string {
  const count = Array.isArray(value) ? value.length : typeof value === 'number' ? value : value === undefined || value === null || value === '' ? 0 : 1;
  const [none, one, many] = forms.length >= 3 ? forms : [forms[1], forms[0], forms[1]];
  return ((count === 0 ? none : count === 1 ? one : many) ?? '').replaceAll('#', String(count));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return '(nothing)';
  if (Array.isArray(value)) return value.length === 0 ? '(nothing)' : value.map(shown).join(', ');
  if (isObject(value)) return typeof value.amount === 'string' && typeof value.currency === 'string' ? `${value.currency} ${value.amount}` : JSON.stringify(value);
  return String(value);
}

/** What one bundle adds to, removes from and changes in another, by name. */
export type NamesChanged = { added: string[]; removed: string[]; changed: string[] };
export type BundleDifference = { policies: NamesChanged; tools: NamesChanged; routes: NamesChanged; limits: boolean; settings: boolean };

export function bundleDifference(before: Bundle, after: Bundle): BundleDifference {
  const byName = (bundle: Bundle) => Object.fromEntries(bundle.tools.map((tool) => [tool.name, tool]));
  return {
    policies: namesChanged(before.policies, after.policies),
    tools: namesChanged(byName(before), byName(after)),
    routes: namesChanged(before.routes, after.routes),
    limits: canonicalJson(before.limits) !== canonicalJson(after.limits),
    settings: canonicalJson([before.settings, before.inspection ?? null, before.constrained ?? null, before.prices ?? null, before.organisation, before.attackSuite ?? null]) !== canonicalJson([after.settings, after.inspection ?? null, after.constrained ?? null, after.prices ?? null, after.organisation, after.attackSuite ?? null]),
  };
}

function namesChanged(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): NamesChanged {
  const names = Object.keys(after);
  return {
    added: names.filter((name) => !Object.hasOwn(before, name)),
    removed: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
    changed: names.filter((name) => Object.hasOwn(before, name) && canonicalJson(before[name]) !== canonicalJson(after[name])),
  };
}
