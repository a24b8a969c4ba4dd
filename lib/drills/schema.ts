import { z } from 'zod';
import type { RowActor } from '@/lib/switches/schema';

/** Everything that a rogue does to stay alive, in the order in which a report lists it. */
export const rogueKinds = ['ignores_halt', 'blocks_socket', 'forks', 'floods', 'lies', 'kills_supervisor', 'double_forks', 'holds_port', 'cut_off'] as const;
export type RogueKind = (typeof rogueKinds)[number];

export const rogueVerdicts = ['dead', 'late', 'unconfirmed', 'alive', 'not_run'] as const;
export type RogueVerdict = (typeof rogueVerdicts)[number];
export const drillVerdicts = ['passed', 'failed', 'not_run'] as const;
export type DrillVerdict = (typeof drillVerdicts)[number];

/** What the drill saw with its own eyes once the rogue was said to be gone: nothing of it was trusted to say so. */
export const proofSchema = z.object({
  /** Processes that carry the rogue's mark, when last looked at. */
  processes: z.number(),
  /** Processes in its PID namespace. */
  inNamespace: z.number(),
  /** How long its last sign of life was ago by then, in milliseconds. */
  silentMs: z.number(),
  /** Whether somebody still answers at the port it held. */
  portAnswers: z.boolean().nullable(),
  /** How many of its processes gave signs of life before the press. */
  lived: z.number(),
  /** What it had to say of itself, e.g. whom it tried to kill. */
  note: z.string().nullable(),
});
export type Proof = z.infer<typeof proofSchema>;

export type TargetStep = 'waiting' | 'starting' | 'pressed' | 'over';

/** One rogue of a drill. Milliseconds count from the press. */
export type TargetView = {
  rogue: RogueKind; instanceId: string; orderId: string | null; step: TargetStep; pressedAt: string | null;
  fencedMs: number | null; confirmedMs: number | null; goneMs: number | null; goneWithinMs: number; confirmedWithinMs: number;
  /** What the stop's confirmation rests on: the supervisor's evidence, or a lapsed lease. */
  evidence: string | null; proof: Proof | null; verdict: RogueVerdict | null; said: string | null;
};

export type DrillState =
  | { state: 'asked' }
  | { state: 'running'; since: string }
  | { state: 'finished'; at: string; verdict: DrillVerdict; /** Whoever carried it out was ended in the middle. */ interrupted: boolean; said: string };

export type Spread = { fencedP50Ms: number | null; fencedP99Ms: number | null; confirmedP50Ms: number | null; confirmedP99Ms: number | null };
export type DrillView = { id: string; askedAt: string; askedBy: RowActor; version: string; leaseMs: number; now: DrillState } & Spread;
export type DrillReport = DrillView & { targets: TargetView[] };

/** How it stands with drills at all, for screens that are about something else. */
export type DrillStanding = { running: { id: string } | null; last: DrillView | null; /** The last that found something out, however it went. */ lastRun: DrillView | null; overdue: boolean; everyDays: number };
