import type { RegistryTool } from '@/lib/protocol/registry';
import type { Issue } from '@/lib/protocol/wire-error';
import { argsCompiler, type ArgsValidator } from '../args-validator';
import { insideOf, type Inside } from '../facts';
import type { Bundle } from '../schema';
import { argsReader, type ArgsReader } from './args-reader';
import { argumentNames } from './context';
import { cedar, claimSlot, releaseSlot } from './engine';
import type { Outcome } from './evaluate';
import { needsOf, type SliceNeeds } from './needs';
import { parseRule, type Rule } from './rule';
import { concerns } from './slice-rules';

/** The rules that can speak about one tool, ready to be asked. Tools with the same rules share one. */
export type Slice = { slot: string; rules: ReadonlyMap<string, Rule>; order: ReadonlyMap<string, number>; needs: SliceNeeds };

export type PreparedTool = {
  tool: RegistryTool;
  argumentNames: readonly string[];
  validate: ArgsValidator;
  reader: ArgsReader;
  slice: Slice;
  /** Outcomes of contexts seen before: Cedar is a pure function of what it is handed. */
  memo: Map<string, Outcome>;
};

/** A bundle ready for the gate's hot path. `dispose` gives Cedar's memory back; after it nothing may be evaluated. */
export type PreparedBundle = {
  bundle: Bundle;
  inside: Inside;
  tools: ReadonlyMap<string, PreparedTool>;
  /** Its place in Cedar's memory may belong to another bundle by now: nothing may be asked of it any more. */
  readonly disposed: boolean;
  dispose: () => void;
};

/** A bundle that cannot be prepared; `issues` name the places. */
export class BundleProblem extends Error {
  override readonly name = 'BundleProblem';
  constructor(readonly issues: Issue[]) {
    super(issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '));
  }
}

/** Prepares a bundle in one go: fine for tests and small bundles, else it blocks the thread for as long as it takes. */
export function prepareBundle(bundle: Bundle): PreparedBundle {
  const steps = preparation(bundle);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Prepares a bundle while the thread goes on answering: no single step takes longer than one tool's rules. */
export async function prepareBundleGently(bundle: Bundle): Promise<PreparedBundle> {
  const steps = preparation(bundle);
  for (let since = performance.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < 4) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
}

function* preparation(bundle: Bundle): Generator<undefined, PreparedBundle> {
  const slots: string[] = [];
  let disposed = false;
  const dispose = () => {
    disposed = true;
    slots.splice(0).forEach(releaseSlot);
  };
  let finished = false;
  try {
    const rules: Rule[] = [];
    for (const [id, policy] of Object.entries(bundle.policies)) {
      const parsed = parseRule(id, policy.text);
      if (!parsed.ok) throw new BundleProblem([{ path: `/policies/${id}`, message: parsed.message }]);
      const { route } = parsed.rule;
      if (route !== undefined && !Object.hasOwn(bundle.routes, route)) throw new BundleProblem([{ path: `/policies/${id}`, message: `asks by the route "${route}", which the bundle does not have` }]);
      rules.push(parsed.rule);
      yield;
    }
    const slices = new Map<string, Slice>();
    const tools = new Map<string, PreparedTool>();
    const compile = argsCompiler({ checked: true });
    for (const tool of bundle.tools) {
      const own = rules.filter((rule) => concerns(rule, tool));
      const key = own.map((rule) => rule.id).join('\n');
      let slice = slices.get(key);
      if (!slice) slices.set(key, (slice = prepareSlice(own, slots)));
      yield;
      tools.set(tool.name, { tool, argumentNames: argumentNames(tool), validate: compileArgs(compile, tool), reader: argsReader(tool), slice, memo: new Map() });
      yield;
    }
    finished = true;
    return { bundle, inside: insideOf(bundle.organisation.domains), tools, dispose, get disposed() { return disposed; } };
  } finally {
    if (!finished) dispose();
  }
}

function prepareSlice(rules: readonly Rule[], slots: string[]): Slice {
  const slot = claimSlot();
  slots.push(slot);
  const answer = cedar().preparsePolicySet(slot, { staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, rule.text])) });
  if (answer.type === 'failure') throw new BundleProblem(answer.errors.map((error) => ({ path: '/policies', message: error.message })));
  return { slot, rules: new Map(rules.map((rule) => [rule.id, rule])), order: new Map(rules.map((rule, index) => [rule.id, index])), needs: needsOf(rules) };
}

function compileArgs(compile: (tool: RegistryTool) => ArgsValidator, tool: RegistryTool): ArgsValidator {
  try {
    return compile(tool);
  } catch (error) {
    throw new BundleProblem([{ path: `/tools/${tool.name}/inputSchema`, message: error instanceof Error ? error.message : 'cannot be compiled' }]);
  }
}
