import type { RecordedActor } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { step, type Step } from './rules';
import { alertStates, type AlertStateName } from './schema';

export type LockedAlert = { id: string; rule: string; detector: string; kind: string; agentId: string | null; count: number; state: AlertStateName };

/** Under which agent an event is filed; none where the alert is about this installation itself. */
export const ofAgent = (agentId: string | null): { agentId?: string } => (agentId === null ? {} : { agentId });

/** An alert under its row's lock, and the state that a step leads it to. Throws `not_found`, and `conflict` with who was first. */
export async function lockForStep(tx: Sql, alertId: string, what: Step): Promise<LockedAlert & { to: AlertStateName }> {
  const alert = await lockAlert(tx, alertId);
  const stepped = step(alert.state, what);
  if (!stepped.ok) throw conflict(stepped.because, { state: alert.state, by: alert.by });
  return { ...alert, to: stepped.state };
}

export async function lockAlert(tx: Sql, alertId: string): Promise<LockedAlert & { by: RecordedActor | null }> {
  const [row] = await tx.rows<Omit<LockedAlert, 'state'> & { state: string; by: RecordedActor | null }>(
    `SELECT id, rule, detector, kind, agent_id AS "agentId", count, state, coalesce(closed_by, assigned_by, acknowledged_by) AS by FROM alert WHERE id = $1 FOR NO KEY UPDATE`, [alertId]);
  const state = alertStates.find((one) => one === row?.state);
  if (!row || !state) throw notFound('There is no such alert.');
  return { ...row, state };
}
