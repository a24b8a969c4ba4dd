// How fast a stop holds: from the press to the fence in two gateways and to everybody's acknowledgement, beside a bare broadcast, under load; and that nothing is allowed after the fence.
import os from 'node:os';
import { DEFAULT_LEASE_MS } from '@/lib/protocol/limits';
import { aimed, figureOf, type Figure } from './report/figures';
import { finish, listOption, numberOption, table } from './report/print';
import { startFloor } from './stop/floor';
import { gatherCrowd } from './stop/crowd';
import { judgeCutOff, judgeKilled, judgeRuns } from './stop/judge';
import { doors, scopes, type DoorName, type Scope } from './stop/press';
import { Prover } from './stop/proof';
import { runOnce, type Run } from './stop/run';
import { setUp } from './stop/set-up';
import { Supervised } from './stop/supervised';
import { cpuSeconds } from './stage/cpu';
import { startTool } from './stop/tool';
import { Watch } from './stop/watch';

const runs = numberOption('runs', 20);
const rate = numberOption('rate', 500);
const sizes = listOption('agents', ['1000', '5000', '10000']).map(Number);
const wanted = listOption('scopes', scopes).map((name) => { if (!(scopes as readonly string[]).includes(name)) throw new Error(`--scopes takes ${scopes.join(', ')}.`); return name as Scope; });
const door = listOption('door', ['control'])[0] as DoorName;
if (!doors.includes(door)) throw new Error(`--door takes ${doors.join(' or ')}.`);
/** Supervised agents at once, and how often the network is cut; 0 leaves them out. */
const supervised = numberOption('supervised', 5);
const cuts = numberOption('cuts', 3);
const profile = listOption('profile', [])[0];
if (runs < 1 || sizes.some((size) => !(size >= 1))) throw new Error('--runs and --agents take numbers from 1 on.');

const ends: (() => Promise<unknown>)[] = [];
const figures: Figure[] = [];
try {
  console.log('Preparing: an installation, a second gateway, the bare servers, a tool server.');
  const set = await setUp(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-interval=500'] : []);
  ends.push(set.stop);
  const watch = await Watch.open(set.databaseUrl);
  ends.push(() => watch.close());
  const prover = await Prover.open(set.databaseUrl);
  ends.push(() => prover.close());
  const tool = await startTool(set.place.gateways);
  ends.push(() => tool.stop());
  const floor = await startFloor();
  ends.push(() => floor.stop());
  console.log(`node ${process.version} · ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'processor'} · 2 gateways · ${rate} actions/s · ${runs} runs a scope · pressed at ${door}'s door`);

  for (const size of sizes) {
    const from = performance.now();
    const crowd = await gatherCrowd({ place: set.place, size, floor: floor.urls, rate, toolUrl: tool.url }).catch((error: unknown) => giveUp(size, error));
    if (!crowd) continue;
    console.log(`\n${size} agents are connected in ${crowd.processes} processes, each with a session (${((performance.now() - from) / 1000).toFixed(1)} s).`);
    const done = new Map<Scope, Run[]>(wanted.map((scope) => [scope, []]));
    try {
      const first = await runOnce({ setUp: set, crowd, floor, tool, watch, prover }, wanted[0]!, door);
      console.log(`Not counted, since the first of all meets cold code: fenced ${first.fenced.toFixed(0)} ms.`);
      // The scopes take turns, so that a slow minute of the machine is not one scope's alone.
      for (let turn = 1; turn <= runs; turn++) {
        for (const scope of wanted) {
          const cpu = Object.entries(set.pids).map(([name, pid]) => [name, pid, cpuSeconds(pid, name === 'postgres')] as const);
          const run = await runOnce({ setUp: set, crowd, floor, tool, watch, prover }, scope, door);
          done.get(scope)!.push(run);
          console.log(lineOf(turn, run, cpu.map(([name, pid, before]) => `${name} ${(cpuSeconds(pid, name === 'postgres') - before).toFixed(1)}`).join(' ')));
          for (const example of run.proof.examples) console.log(`  ${example}`);
        }
      }
    } catch (error) {
      giveUp(size, error);
    } finally {
      await crowd.stop();
    }
    for (const [scope, list] of done) if (list.length > 0) figures.push(...judgeRuns(size, scope, list));
    console.log(`\n${table(['milliseconds from the press', 'p50', 'p99', 'max'], tableOf(size))}`);
  }
  if (supervised > 0) {
    // One of their own, so that what it runs is theirs.
    const apart = await startTool(set.place.gateways);
    ends.push(() => apart.stop());
    const crowd = await gatherCrowd({ place: set.place, size: 40, floor: floor.urls, rate, toolUrl: tool.url });
    try {
      console.log(`\n${supervised} supervised agents at a time, beside forty that act at ${rate}/s.`);
      const killed = [];
      for (let turn = 1; turn <= runs; turn++) {
        killed.push(await Supervised.stopped(set, apart, supervised));
        console.log(`${turn} stopped: dead after ${killed.at(-1)!.dead.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      }
      figures.push(...judgeKilled(killed));
      const cutOff = [];
      for (let turn = 1; turn <= cuts; turn++) {
        cutOff.push(await Supervised.cutOff(set, apart, supervised));
        console.log(`${turn} cut off: last effect after ${cutOff.at(-1)!.lastEffect.toFixed(0)} ms, dead after ${cutOff.at(-1)!.dead.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      }
      if (cutOff.length > 0) figures.push(...judgeCutOff(cutOff, DEFAULT_LEASE_MS));
    } finally {
      await crowd.stop();
    }
  }
  console.log('');
  finish('stop', figures, { runs, rate, sizes, door, supervised, cuts, scopes: wanted, node: process.version, cpus: os.cpus().length, cpu: os.cpus()[0]?.model ?? '' });
} finally {
  for (const end of ends.reverse()) await end().catch((error: unknown) => console.error(error));
}
process.exit();

/** A size that the defaults, or this machine, do not carry is told as such, and the others are measured all the same. */
function giveUp(size: number, error: unknown): undefined {
  console.log(`\n${size} agents were not carried through: ${error instanceof Error ? error.message : String(error)}`);
  figures.push(aimed(figureOf(`${size} agents not carried through`, '', [1]), '0', false));
}

function lineOf(turn: number, run: Run, cpu: string): string {
  const ms = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(0));
  const floor = run.floor ? `; bare ${ms(run.floor.bare)}, signed ${ms(run.floor.signed)}` : '';
  const { proof } = run;
  return `${turn} ${run.scope}: answered ${ms(run.answered)}, fenced ${ms(run.fenced)}, halted ${ms(Math.max(...run.halted))}, acknowledged ${run.acknowledged.length}/${run.targets} by ${ms(run.acknowledged.at(-1))}, confirmed ${ms(run.confirmed)}${floor}; `
    + `${run.asked} asked ${JSON.stringify(run.outcomes)}, let through before the fence ${proof.letThroughBefore}, refused ${proof.refused}, after it ${proof.allowedAfter} + ${proof.effectsAfter} effects (${proof.ranLate} of ${run.toolRuns} ran late on an answer under way); s: ${cpu}`;
}

function tableOf(size: number): (string | number)[][] {
  const rows = new Map<string, (string | number)[]>();
  for (const { name, value } of figures) {
    const match = /^(\w+@(\d+) .+) (p50|p99|max)$/.exec(name);
    if (!match || Number(match[2]) !== size) continue;
    rows.set(match[1]!, [...(rows.get(match[1]!) ?? [match[1]!]), value]);
  }
  return [...rows.values()];
}
