import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import type { Decision } from '@/lib/protocol/decision';
import { currentDecision, withForecast } from './collect-decision';
import type { Gate } from './gate';
import { knownAction } from './known-actions';
import type { LiveSession } from './live-session';

/** For an agent that has been away: every action of the session that still waits, or may still run, or was decided by a person. */
export async function openDecisions(gate: Gate, ctx: Context, session: LiveSession): Promise<Decision[]> {
  const rows = await sql.rows<{ id: string }>(
    `SELECT id FROM action WHERE session_id = $1 AND started_at IS NULL AND finished_at IS NULL AND redeemed_at IS NULL
       AND (decision <> 'deny' OR approval_id IS NOT NULL) ORDER BY id DESC LIMIT 500`, [session.row.id]);
  const decisions: Decision[] = [];
  for (const { id } of rows.reverse()) {
    const action = await knownAction(session, id);
    if (action) decisions.push(action.decision.decision === 'allow' ? await currentDecision(gate, ctx, session, action) : withForecast(gate, action));
  }
  return decisions;
}

/** Of actions that waited for a person, those that wait no more. */
export async function decidedOf(actionIds: readonly string[]): Promise<string[]> {
  if (actionIds.length === 0) return [];
  const rows = await sql.rows<{ id: string }>(`SELECT a.id FROM action a JOIN approval p ON p.id = a.approval_id WHERE a.id = ANY($1::uuid[]) AND p.state NOT IN ('pending', 'partially_approved') ORDER BY p.id LIMIT 1000`, [actionIds]);
  return rows.map((row) => row.id);
}
