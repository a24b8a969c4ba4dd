import { setTimeout as sleep } from 'node:timers/promises';
import type { RogueUp } from './rogue/orders';
import { judgeRogue, type Limits, type Measured } from './rules';
import type { Proof, RogueKind, RogueVerdict } from './schema';
import { portAnswers, type Look } from './signs-of-life';
import type { RunningRogue } from './start-rogue';

export type RogueFound = { verdict: RogueVerdict; said: string; fencedMs: number | null; confirmedMs: number | null; goneMs: number | null; evidence: string | null; proof: Proof | null };
/** Fenced, and every session that it hit confirmed: milliseconds after the press by the product's own clock, null while it has not come to that; and what it rests on. */
export type Told = { fencedMs: number | null; confirmedMs: number | null; evidence: string | null };
export type DrillRogue = {
  kind: RogueKind; limits: Limits; rogue: RunningRogue;
  /** Stops its deployment for real. */
  press(): Promise<void>;
  /** What the product says of that stop. */
  ask(): Promise<Told>;
  signal: AbortSignal;
};

/** How often the drill looks, how long a rogue may take to be up, and how long it must have been silent to count as gone (milliseconds). */
const LOOK_MS = 20;
const UP_WITHIN_MS = 30_000;
const SILENT_MS = 300;

/** Waits until a rogue is up, stops it, and watches until it is gone and the stop is confirmed, or the time for both is over. */
export async function drillRogue(drill: DrillRogue): Promise<RogueFound> {
  const { kind, limits, rogue } = drill;
  const up = await untilUp(drill);
  if (typeof up === 'string') return notRun(up);
  const before = rogue.signs.look();
  const pressed = performance.now();
  if (kind === 'kills_supervisor') rogue.killSupervisor();
  if (kind === 'cut_off') rogue.cut();
  // Watched from the first moment: how long the press itself takes is none of the rogue's time.
  const seen = await watch(drill, pressed, drill.press());
  const proof: Proof = {
    processes: seen.last.processes.length, inNamespace: seen.last.inNamespace.length, silentMs: Math.round(silentFor(seen.last)),
    portAnswers: up.port === null ? null : await portAnswers(up.port), lived: before.beating, note: up.note,
  };
  const measured: Measured = { ...seen, livedOn: seen.livedOn || (seen.confirmedMs !== null && proof.portAnswers === true) };
  return { ...judgeRogue(kind, limits, measured), fencedMs: seen.fencedMs, confirmedMs: seen.confirmedMs, goneMs: seen.goneMs, evidence: seen.evidence, proof };
}

export const notRun = (said: string): RogueFound => ({ verdict: 'not_run', said, fencedMs: null, confirmedMs: null, goneMs: null, evidence: null, proof: null });

/** Up means: it has a session, and everything that belongs to it is alive and in a namespace of its own. Otherwise the reason why not. */
async function untilUp({ rogue, kind, signal }: DrillRogue): Promise<RogueUp | string> {
  let over = false;
  void rogue.ended.then(() => { over = true; });
  for (const end = performance.now() + UP_WITHIN_MS; performance.now() < end && !over;) {
    const [up, look] = [rogue.up(), rogue.signs.look()];
    if (up && look.beating >= up.lives && look.processes.length >= up.lives && silentFor(look) < SILENT_MS) {
      if (up.port !== null && !(await portAnswers(up.port))) return 'Its port could not be reached before the stop, so its silence would prove nothing.';
      if (kind === 'kills_supervisor' && !rogue.supervisorLives()) return 'Its supervisor had ended before it was killed.';
      return up;
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
  return `It did not come up. ${rogue.said().split('\n').slice(-3).join(' ') || 'Its supervisor said nothing.'}`.slice(0, 500);
}

type Seen = Measured & { fencedMs: number | null; last: Look };

async function watch({ ask, limits, rogue, signal }: DrillRogue, pressed: number, pressing: Promise<void>): Promise<Seen> {
  let goneMs: number | null = null;
  let told: Told = { fencedMs: null, confirmedMs: null, evidence: null };
  let asking: Promise<void> | undefined;
  let failed: unknown;
  for (;;) {
    // Asked beside the looking, which a busy database must not slow down. Whatever gives a sign of life after it has been told, gives it after having been called stopped.
    if (failed !== undefined) throw failed;
    if (told.confirmedMs === null) asking ??= pressing.then(ask).then((now) => { told = now; asking = undefined; }, (error: unknown) => { failed = error; });
    const since = performance.now() - pressed;
    const last = rogue.signs.look();
    const lives = last.processes.length + last.inNamespace.length > 0;
    if (lives) goneMs = null;
    else goneMs ??= Math.round(since);
    if (told.confirmedMs !== null && lives) return { ...told, goneMs, livedOn: true, last };
    const silent = goneMs !== null && silentFor(last) >= SILENT_MS;
    if ((told.confirmedMs !== null && silent) || since > limits.confirmedWithinMs) return { ...told, goneMs, livedOn: false, last };
    await sleep(LOOK_MS, undefined, { signal });
  }
}

const silentFor = ({ lastBeatAt }: Look) => Date.now() - lastBeatAt;
