import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import type { AlertAct, AlertSeverity } from '@/lib/policies/schema';
import { newId } from '@/lib/protocol/ids';
import type { Evidence } from './schema';

/** What a part of the product saw by itself, in no text: it has no finding, and its alert is called for by no rule of the bundle. */
export type SeenItself = { rule: string; severity: AlertSeverity; act: AlertAct; detector: string; kind: string; agentId: string; sessionId: string; count: number; firstAt: Date; lastAt: Date; evidence: Evidence; /** What paused it at once. */ orderId: string };

/** Raises one alert and suggests one incident, in the transaction that did what they are about. The caller sees to it that this happens once. */
export async function raiseAlertWithin(tx: Sql, ctx: Context, { rule, severity, act, detector, kind, agentId, sessionId, count, firstAt, lastAt, evidence, orderId }: SeenItself): Promise<string> {
  const alertId = newId();
  const [row] = await tx.rows<{ previousId: string | null }>(
    `INSERT INTO alert (id, rule, severity, act, detector, kind, agent_id, session_id, count, first_at, last_at, raised_at, evidence, previous_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp(), $12,
       (SELECT p.id FROM alert p WHERE p.agent_id = $7 AND p.rule = $2 AND p.detector = $5 AND p.kind = $6 AND p.state = 'closed' ORDER BY p.closed_at DESC LIMIT 1)) RETURNING previous_id AS "previousId"`,
    [alertId, rule, severity, act, detector, kind, agentId, sessionId, count, firstAt, lastAt, JSON.stringify([evidence])],
  );
  await tx.rows(
    `INSERT INTO alert_act (id, session_id, seq, rule, act, detector, kind, severity, incident, due_at, done_at, outcome, order_id) VALUES ($1, $2, $3, $4, 'pause', $5, $6, $7, true, clock_timestamp(), clock_timestamp(), 'done', $8) ON CONFLICT (session_id, seq, act) DO NOTHING`,
    [newId(), sessionId, evidence.seq, rule, detector, kind, severity, orderId],
  );
  await record(tx, ctx, [
    organisationEvent('alert.raised', { alertId, rule, severity, act, detector, kind, agentId, sessionId, seq: evidence.seq, ...(row?.previousId ? { previousId: row.previousId } : {}) }, { agentId }),
    organisationEvent('alert.acted', { rule, act: 'pause', detector, kind, sessionId, seq: evidence.seq, outcome: 'done', orderId }),
    organisationEvent('incident.suggested', { rule, detector, kind, severity, sessionId, seq: evidence.seq }),
  ]);
  return alertId;
}
