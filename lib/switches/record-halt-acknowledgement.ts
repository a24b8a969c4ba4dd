import { z } from 'zod';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { forbidden } from '@/lib/errors';
import { record, sessionEvent, type NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { haltAckSchema } from '@/lib/protocol/agent-answers';
import { orderIdSchema } from '@/lib/protocol/order';

const inputSchema = z.object({ orderId: orderIdSchema, acknowledgement: haltAckSchema, /** The kid of the agent's own key, once its signature was found to hold. */ signedBy: z.string().max(256).optional() });
export type HaltAcknowledgement = z.infer<typeof inputSchema> & { ctx: Context };

/**
 * Notes that an agent's client said it has stopped sessions. A claim of the agent about its own sessions: evidence on the
 * order's page, never what the stop rests on. Returns how many targets it settled.
 */
export async function recordHaltAcknowledgement(ctx: Context, input: unknown): Promise<number> {
  return recordHaltAcknowledgements([{ ctx, ...parseInput(inputSchema, input) }]);
}

type Claim = { orderId: string; sessionId: string; agentId: string; evidence: string; by: HaltAcknowledgement };

/** The same for many agents' at once, in one transaction: a wide stop is answered by thousands within moments. */
export async function recordHaltAcknowledgements(given: readonly HaltAcknowledgement[]): Promise<number> {
  const claims = new Map<string, Claim>();
  for (const by of given) for (const claim of claimsOf(by)) claims.set(`${claim.orderId} ${claim.sessionId} ${claim.agentId}`, claim);
  if (claims.size === 0) return 0;
  const all = [...claims.values()];
  return sqlTransaction(async (tx) => {
    const settled = await tx.rows<{ order_id: string; session_id: string; agent_id: string }>(SETTLE, [all.map((one) => one.orderId), all.map((one) => one.sessionId), all.map((one) => one.agentId), all.map((one) => one.evidence), env().environment]);
    const actors = new Map<NewEvent, Context>();
    for (const { order_id: orderId, session_id: sessionId, agent_id: agentId } of settled) {
      const { by } = claims.get(`${orderId} ${sessionId} ${agentId}`)!;
      actors.set(sessionEvent(sessionId, 'session.halt_acknowledged', { orderId, at: by.acknowledgement.at, ...(by.signedBy === undefined ? {} : { signedBy: by.signedBy }) }, { agentId }), by.ctx);
    }
    await record(tx, all[0]!.by.ctx, [...actors.keys()], (event) => recordedActor(actors.get(event)!.actor));
    for (const orderId of new Set(settled.map((one) => one.order_id))) await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ orderId })]);
    return settled.length;
  });
}

function claimsOf(by: HaltAcknowledgement): Claim[] {
  const { actor } = by.ctx;
  if (actor.kind !== 'agent') throw forbidden('Only an agent acknowledges a halt.');
  const evidence = `the agent's client said so, at ${by.acknowledgement.at.slice(0, 40)} by its clock${by.signedBy === undefined ? '' : `, signed by its key ${by.signedBy}`}`;
  return by.acknowledgement.stopped.filter((id) => z.guid().safeParse(id).success).map((id) => ({ orderId: by.orderId, sessionId: id.toLowerCase(), agentId: actor.id, evidence, by }));
}

// An agent is told the moment control has signed, and answers before the stop has been worked off: its target may not be there yet.
// In the order in which a stop is worked off, so that the two never wait for each other in a circle.
const SETTLE = `
INSERT INTO switch_target AS t (order_id, session_id, instance_id, ordered_at, state, acknowledged_at, evidence)
SELECT o.id, s.id, s.instance_id, clock_timestamp(), 'acknowledged', clock_timestamp(), x.evidence
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS x(order_id, session_id, agent_id, evidence)
  JOIN session s ON s.id = x.session_id AND s.agent_id = x.agent_id
  JOIN switch_order o ON o.id = x.order_id AND o.kind = 'stop' AND o.release_jws IS NULL
WHERE EXISTS (SELECT 1 FROM switch_target y WHERE y.order_id = o.id AND y.session_id = s.id)
  OR (s.state IN ('open', 'lost', 'paused') AND (o.environment IS NULL OR o.environment = $5) AND CASE o.scope WHEN 'global' THEN true WHEN 'agent' THEN s.agent_id::text = o.target WHEN 'instance' THEN s.instance_id = o.target WHEN 'session' THEN s.id::text = o.target ELSE false END)
ORDER BY o.id, s.id
ON CONFLICT (order_id, session_id) DO UPDATE SET state = 'acknowledged', acknowledged_at = clock_timestamp(), evidence = excluded.evidence WHERE t.state IN ('ordered', 'fenced', 'unreachable')
RETURNING t.order_id, t.session_id, (SELECT agent_id FROM session WHERE id = t.session_id) AS agent_id`;
