import { aimed, figureOf, quantile, rounded, type Figure } from '../report/figures';
import type { Scope } from './press';
import type { Run } from './run';
import type { CutOff, Killed } from './supervised';

/** The aims for everybody of a size having acknowledged, by how many are connected (milliseconds, p99 over the runs). */
const ALL_ACKNOWLEDGED_MS: Record<number, number> = { 1_000: 250, 5_000: 500, 10_000: 1_000 };
const FENCED_MS = 100;
const TIMES_THE_FLOOR = 3;

/** The figures of one size and scope over its runs. `fenced` and `all` have one value a run, `acknowledged` one a target and run. */
export function judgeRuns(agents: number, scope: Scope, runs: readonly Run[]): Figure[] {
  const name = `${scope}@${agents}`;
  const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  const of = (what: string, values: readonly number[], q: number): Figure => ({ name: `${name} ${what}`, value: rounded(quantile(sorted(values), q)), unit: 'ms', spread: [rounded(Math.min(...values)), rounded(Math.max(...values))] });
  const three = (what: string, values: readonly number[]): Figure[] => [of(`${what} p50`, values, 0.5), of(`${what} p99`, values, 0.99), of(`${what} max`, values, 1)];
  const figures: Figure[] = [];
  const fenced = runs.map((run) => run.fenced);
  figures.push(...three('answered', runs.map((run) => run.answered)));
  const [p50, p99, max] = three('fenced', fenced) as [Figure, Figure, Figure];
  figures.push(p50, aimed(p99, `< ${FENCED_MS} ms`, p99.value < FENCED_MS), max);
  if (runs[0]!.targets > 0) {
    figures.push(...three('halted', flat(runs.map((run) => run.halted))), ...three('acknowledged', flat(runs.map((run) => run.acknowledged))));
    // One that never came is not a time: it is named below, and these are over those that did.
    const last = runs.map((run) => run.acknowledged.at(-1) ?? Number.POSITIVE_INFINITY);
    const aim = runs[0]!.targets === agents ? ALL_ACKNOWLEDGED_MS[agents] : undefined;
    const whole = of('all acknowledged p99', last, 0.99);
    figures.push(of('all acknowledged p50', last, 0.5), aim === undefined ? whole : aimed(whole, `< ${aim} ms`, whole.value < aim), of('all acknowledged max', last, 1));
    const ratio = figureOf(`${name} all acknowledged, to a bare broadcast`, 'ms', last, runs.map((run) => run.floor!.bare));
    figures.push(runs[0]!.targets === agents ? aimed(ratio, `≤ ${TIMES_THE_FLOOR} × the bare broadcast`, ratio.ratio! <= TIMES_THE_FLOOR) : ratio);
    figures.push(figureOf(`${name} all acknowledged, to a broadcast with signatures`, 'ms', last, runs.map((run) => run.floor!.signed)));
    figures.push(none(`${name} not acknowledged`, runs.reduce((sum, run) => sum + Math.max(0, run.targets - run.acknowledged.length), 0)));
  }
  // One that was never seen confirmed is not a time either.
  const confirmed = runs.map((run) => run.confirmed).filter(Number.isFinite);
  figures.push(...three('confirmed', confirmed), none(`${name} not confirmed`, runs.length - confirmed.length));
  for (const [what, key] of [['allowed after the fence, by commit order', 'allowedAfter'], ['effects after the fence', 'effectsAfter'], ['effects without record', 'effectsWithoutRecord'], ['gateways missing in the fence', 'gatewaysNotInFence']] as const) {
    figures.push(none(`${name} ${what}`, runs.reduce((sum, run) => sum + run.proof[key], 0)));
  }
  const refused = runs.reduce((sum, run) => sum + run.proof.refused, 0);
  figures.push(aimed(figureOf(`${name} refused after the press`, '', [refused]), '> 0', refused > 0));
  return figures;
}

const DEAD_MS = 250;
/** What a process may live longer than a lease when nothing reaches it (milliseconds). */
const AFTER_LEASE_MS = 1_000;

/** How soon after the press the kernel lists nothing of a supervised agent. */
export function judgeKilled(runs: readonly Killed[]): Figure[] {
  const [p50, p99, max] = spreadOf('supervised process dead', runs.flatMap((run) => run.dead)) as [Figure, Figure, Figure];
  return [p50, aimed(p99, `< ${DEAD_MS} ms`, p99.value < DEAD_MS), max];
}

/** The same with gateway and control out of reach: nothing is done later than a lease, nothing lives a second longer than that. */
export function judgeCutOff(runs: readonly CutOff[], leaseMs: number): Figure[] {
  const effect = Math.max(...runs.map((run) => run.lastEffect));
  const dead = spreadOf('cut off, supervised process dead', runs.flatMap((run) => run.dead));
  const last = dead.at(-1)!;
  return [aimed(figureOf('cut off, last effect', 'ms', [effect]), `≤ a lease of ${leaseMs} ms`, effect <= leaseMs), ...dead.slice(0, -1), aimed(last, `≤ a lease and ${AFTER_LEASE_MS} ms`, last.value <= leaseMs + AFTER_LEASE_MS)];
}

function spreadOf(name: string, values: readonly number[]): Figure[] {
  const sorted = [...values].sort((a, b) => a - b);
  return ([['p50', 0.5], ['p99', 0.99], ['max', 1]] as const).map(([which, q]) => ({ name: `${name} ${which}`, value: rounded(quantile(sorted, q)), unit: 'ms', spread: [rounded(sorted[0]!), rounded(sorted.at(-1)!)] }));
}

const none = (name: string, count: number): Figure => aimed(figureOf(name, '', [count]), '0', count === 0);
const flat = (lists: readonly (readonly number[])[]): number[] => lists.flatMap((list) => list as number[]);
