import type { Sql } from '@/lib/db';
import { rowActorSchema } from '@/lib/switches/schema';
import { proofSchema, type DrillState, type DrillVerdict, type DrillView, type RogueKind, type RogueVerdict, type Spread, type TargetStep, type TargetView } from './schema';

/** A row of `drill`. */
export type DrillRow = Spread & {
  id: string; state: 'asked' | 'running' | 'finished'; askedAt: Date; askedBy: unknown; version: string; leaseMs: number; host: string | null; keeper: string | null; keptUntil: Date | null;
  startedAt: Date | null; finishedAt: Date | null; verdict: DrillVerdict | null; interrupted: boolean; said: string | null;
};

const COLUMNS = `id, state, asked_at AS "askedAt", asked_by AS "askedBy", version, lease_ms AS "leaseMs", host, keeper, kept_until AS "keptUntil", started_at AS "startedAt", finished_at AS "finishedAt", verdict, interrupted, said,
  fenced_p50_ms AS "fencedP50Ms", fenced_p99_ms AS "fencedP99Ms", confirmed_p50_ms AS "confirmedP50Ms", confirmed_p99_ms AS "confirmedP99Ms"`;

export const readDrills = (tx: Sql, where: string, params: readonly unknown[] = []): Promise<DrillRow[]> => tx.rows<DrillRow>(`SELECT ${COLUMNS} FROM drill ${where}`, params);

export function drillView(row: DrillRow): DrillView {
  const { id, askedAt, version, leaseMs, fencedP50Ms, fencedP99Ms, confirmedP50Ms, confirmedP99Ms } = row;
  const by = rowActorSchema.safeParse(row.askedBy);
  return { id, askedAt: askedAt.toISOString(), askedBy: by.success ? by.data : { kind: 'system', id: 'unknown' }, version, leaseMs, now: stateOf(row), fencedP50Ms, fencedP99Ms, confirmedP50Ms, confirmedP99Ms };
}

function stateOf(row: DrillRow): DrillState {
  if (row.state === 'asked') return { state: 'asked' };
  if (row.state === 'running') return { state: 'running', since: (row.startedAt ?? row.askedAt).toISOString() };
  return { state: 'finished', at: (row.finishedAt ?? row.askedAt).toISOString(), verdict: row.verdict ?? 'not_run', interrupted: row.interrupted, said: row.said ?? '' };
}

type TargetRow = Omit<TargetView, 'pressedAt' | 'proof'> & { pressedAt: Date | null; proof: unknown };

/** The rogues of a drill, in their order. */
export async function readTargets(tx: Sql, drillId: string): Promise<TargetView[]> {
  const rows = await tx.rows<TargetRow & { rogue: RogueKind; step: TargetStep; verdict: RogueVerdict | null }>(
    `SELECT rogue, instance_id AS "instanceId", order_id AS "orderId", step, pressed_at AS "pressedAt", fenced_ms AS "fencedMs", confirmed_ms AS "confirmedMs", gone_ms AS "goneMs", gone_within_ms AS "goneWithinMs",
       confirmed_within_ms AS "confirmedWithinMs", evidence, proof, verdict, said FROM drill_target WHERE drill_id = $1 ORDER BY place`, [drillId],
  );
  return rows.map((row) => { const proof = proofSchema.safeParse(row.proof); return { ...row, pressedAt: row.pressedAt?.toISOString() ?? null, proof: proof.success ? proof.data : null }; });
}

/** Wakes workers, control and the pages that show it. */
export const tellOfDrill = (tx: Sql, drillId: string) => tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ drillId })]);
