import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import type { ExitEvidence } from '@/lib/protocol/supervisor';

/** What a supervisor said of the end of its process. `heardAt` is control's own time, which is what counts. */
export type ExitSaid = { agentId: string; instanceId: string; keyId: string; runId: string | null; orderId: string | null; exitedAt: string; heardAt: Date; evidence: ExitEvidence; code: number | null; signal: string | null };

/**
 * Notes that a supervised process has ended: on its supervisor, and on everything that stands and hit a session of this agent in it.
 * Bound to the agent of the supervisor's key, so that no key speaks of another agent's process. Said again, by whichever control process,
 * it is no news. While a later run of the same deployment may be alive, the end of an earlier one proves nothing of the sessions in it.
 */
export async function recordExit(ctx: Context, said: ExitSaid): Promise<number> {
  if (ctx.actor.kind !== 'supervisor' || ctx.actor.id !== said.keyId) throw forbidden('Only the supervisor itself says that its process has ended.');
  return sqlTransaction(async (tx) => {
    const news = await tx.rows('UPDATE supervisor SET exited_at = least($3, clock_timestamp()), exit_evidence = $4 WHERE agent_id = $1 AND instance_id = $2 AND exited_at IS NULL AND run_id IS NOT DISTINCT FROM $5 RETURNING pid', [said.agentId, said.instanceId, said.heardAt, said.evidence, said.runId]);
    const settled = await tx.rows<{ order_id: string }>(
      `UPDATE switch_target t SET state = 'exited', exited_at = least($3, clock_timestamp()), ended_at = least($3, clock_timestamp()), exit_evidence = $4, evidence = $5
       FROM session s, switch_order o WHERE s.id = t.session_id AND s.agent_id = $1 AND t.instance_id = $2 AND o.id = t.order_id AND o.release_jws IS NULL AND t.exited_at IS NULL AND s.opened_at <= $3
         AND NOT EXISTS (SELECT 1 FROM supervisor v WHERE v.agent_id = $1 AND v.instance_id = $2 AND v.exited_at IS NULL AND v.holds_until > clock_timestamp() AND v.run_id IS DISTINCT FROM $6) RETURNING t.order_id`,
      [said.agentId, said.instanceId, said.heardAt, said.evidence, `its supervisor says so (${said.evidence}), at ${said.exitedAt} by its clock`, said.runId],
    );
    const orders = [...new Set([...settled.map((row) => row.order_id), ...(said.orderId ? [said.orderId] : [])])];
    // It says so as an answer to each order, and once more as its own last word, and an order may be in the database only by then: what that settles is the same end.
    const first = news.length > 0 || (settled.length > 0 && !(await isKnown(tx, said)));
    if (first) await record(tx, ctx, [organisationEvent('supervisor.exited', { agentId: said.agentId, instanceId: said.instanceId, orderId: said.orderId, evidence: said.evidence, exitedAt: said.exitedAt, code: said.code, signal: said.signal }, { agentId: said.agentId })]);
    for (const orderId of orders) await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ orderId })]);
    return settled.length;
  });
}

/** Whether this very run's end is on record. */
async function isKnown(tx: Sql, { agentId, instanceId, runId }: ExitSaid): Promise<boolean> {
  const rows = await tx.rows('SELECT 1 FROM supervisor WHERE agent_id = $1 AND instance_id = $2 AND run_id IS NOT DISTINCT FROM $3 AND exited_at IS NOT NULL', [agentId, instanceId, runId]);
  return rows.length > 0;
}
