import { may } from '@/lib/access';
import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { rowActorSchema, type RowActor } from '@/lib/switches/schema';
import { firesAt, type DeadMan } from './rules';
import type { DeadManAction, DeadManState, DeadManView } from './schema';

export type DeadManRow = DeadMan & {
  id: string; scope: 'agent' | 'environment'; target: string; action: DeadManAction; armedBy: unknown; armedAt: Date; seenBy: unknown; endedAt: Date | null; endedBy: unknown; orderId: string | null; ownerId: string | null;
};

const COLUMNS = `d.id, d.scope, d.target, d.action, d.after_minutes AS "afterMinutes", d.state, d.armed_by AS "armedBy", d.armed_at AS "armedAt", d.seen_at AS "seenAt", d.seen_by AS "seenBy",
  d.ended_at AS "endedAt", d.ended_by AS "endedBy", d.order_id AS "orderId", (SELECT a.owner_id::text FROM agent a WHERE d.scope = 'agent' AND a.id::text = d.target) AS "ownerId"`;

/** `where` is about `dead_man d`. */
export const readDeadMen = (tx: Sql, where: string, params: readonly unknown[] = []): Promise<DeadManRow[]> => tx.rows<DeadManRow>(`SELECT ${COLUMNS} FROM dead_man d ${where}`, params);

/** Whether somebody may arm, disarm or keep this one from firing: by their role or key, or because the agent is theirs. */
export function mayTend(ctx: Pick<Context, 'actor'>, verb: 'dead_man.manage' | 'dead_man.heartbeat', ownerId: string | null): boolean {
  const { actor } = ctx;
  if (may(actor, verb)) return true;
  return ownerId !== null && actor.kind === 'person' && actor.id === ownerId && may(actor, 'agent.read');
}

export const known = (actor: unknown): RowActor => rowActorSchema.safeParse(actor).data ?? { kind: 'system', id: 'unknown' };

export function viewOf(row: DeadManRow): DeadManView {
  const { id, scope, target, action, afterMinutes } = row;
  return { id, scope, target, action, afterMinutes, armedBy: known(row.armedBy), armedAt: row.armedAt.toISOString(), seenAt: row.seenAt.toISOString(), seenBy: known(row.seenBy), firesAt: firesAt(row).toISOString(), now: stateOf(row) };
}

function stateOf(row: DeadManRow): DeadManState {
  const at = (row.endedAt ?? row.seenAt).toISOString();
  if (row.state === 'fired') return { state: 'fired', at, orderId: row.orderId ?? '' };
  return row.state === 'disarmed' ? { state: 'disarmed', at, by: known(row.endedBy) } : { state: 'armed' };
}
