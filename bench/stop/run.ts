import { monotonicMs } from '../load/metronome';
import type { gatherCrowd } from './crowd';
import type { Floor, startFloor } from './floor';
import { press, release, type Cover, type DoorName, type Pressed, type Scope } from './press';
import type { Proof, Prover } from './proof';
import type { SetUp } from './set-up';
import type { ToolServer } from './tool';
import { timesOf, type Watch } from './watch';

/** One stop, in milliseconds since the request was sent. */
export type Run = {
  scope: Scope; targets: number; answered: number; fenced: number; /** When each agent heard it. */ halted: number[]; /** When each target's acknowledgement was on record. */ acknowledged: number[]; confirmed: number;
  floor?: Floor; proof: Proof; asked: number; outcomes: Record<string, number>; toolRuns: number; pressed: Pressed;
};
export type Ground = { setUp: SetUp; crowd: Awaited<ReturnType<typeof gatherCrowd>>; floor: Awaited<ReturnType<typeof startFloor>>; tool: ToolServer; watch: Watch; prover: Prover };

const PATIENCE_MS = 60_000;
/** Until the worker has written what it still has to of the stop before: a dump for each of its sessions (milliseconds). */
const CATCH_UP_MS = 600_000;
/** How long the load acts before the press, and goes on after the fence. */
const STEADY_MS = 1_000;
const CLASS = 'external-communication';
const TOOLS_OF_CLASS = ['fetch_url'];

/** Opens what the stop before had ended, presses, watches until nothing is open, measures the floor, and lifts the stop again. */
export async function runOnce({ setUp, crowd, floor, tool, watch, prover }: Ground, scope: Scope, door: DoorName): Promise<Run> {
  await watch.untilCaughtUp(CATCH_UP_MS);
  await crowd.reopen();
  await wait(STEADY_MS);
  const before = await crowd.report();
  if (before.lost.length > 0) throw new Error(`${before.lost.length} connections were lost: ${before.lost[0]}`);
  await tool.effects();
  const targets = scope === 'agent' || scope === 'global' ? crowd.size : scope === 'class' ? 0 : 1;
  const mark = await prover.mark();
  const watching = watch.until(targets, PATIENCE_MS);
  const pressed = await press(setUp.doors[door], coverOf(scope, setUp.place.clientId, before.first));
  const seen = await watching;
  const behind = await prover.place();
  // What is stopped goes on asking for a while, or a zero would say little.
  await wait(Math.max(0, seen.fencedAt + STEADY_MS - monotonicMs()));
  const after = await crowd.report();
  const effects = await tool.effects();
  if (seen.orderId !== pressed.orderId) throw new Error(`another order stands: ${seen.orderId}`);
  if (Number.isNaN(seen.fencedAt)) throw new Error(`not fenced within ${PATIENCE_MS / 1000} s`);
  const sessions = scope === 'session' || scope === 'instance' ? [before.first.sessionId] : before.acting;
  const proof = await prover.prove({ id: pressed.orderId, fencedAt: seen.fencedAt }, mark, behind, { sessions, ...(scope === 'class' ? { tools: TOOLS_OF_CLASS } : {}) }, effects);
  const measured = targets > 0 ? await floor.measure({ id: pressed.orderId, orderJws: seen.orderJws }, targets) : undefined;
  await release(setUp.dataDir, pressed.orderId);
  return {
    scope, targets, pressed, proof, answered: pressed.answeredAt - pressed.sentAt, fenced: seen.fencedAt - pressed.sentAt, halted: [...after.heard].map((at) => at - pressed.sentAt),
    acknowledged: timesOf(seen.points, pressed.sentAt), confirmed: seen.confirmedAt - pressed.sentAt, ...(measured ? { floor: measured } : {}),
    asked: after.tally.asked, outcomes: after.tally.outcomes, toolRuns: after.tally.toolRuns,
  };
}

function coverOf(scope: Scope, agentId: string, first: { sessionId: string; instanceId: string }): Cover {
  switch (scope) {
    case 'session': return { scope, target: first.sessionId };
    case 'instance': return { scope, target: first.instanceId };
    case 'agent': return { scope, target: agentId };
    case 'class': return { scope, target: CLASS };
    case 'global': return { scope };
  }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
