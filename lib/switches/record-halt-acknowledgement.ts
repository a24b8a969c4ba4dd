import { z } from 'zod';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { record, sessionEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { haltAckSchema } from '@/lib/protocol/agent-answers';
import { orderIdSchema } from '@/lib/protocol/order';

const inputSchema = z.object({ orderId: orderIdSchema, acknowledgement: haltAckSchema });

/**
 * Notes that an agent's client said it has stopped sessions. A claim of the agent about its own sessions: evidence on the
 * order's page, never what the stop rests on. Returns how many targets it settled.
 */
export async function recordHaltAcknowledgement(ctx: Context, input: unknown): Promise<number> {
  const { actor } = ctx;
  if (actor.kind !== 'agent') throw forbidden('Only an agent acknowledges a halt.');
  const { orderId, acknowledgement } = parseInput(inputSchema, input);
  const ids = [...new Set(acknowledgement.stopped)].filter((id) => z.guid().safeParse(id).success);
  if (ids.length === 0) return 0;
  return sqlTransaction(async (tx) => {
    const settled = await tx.rows<{ session_id: string }>(
      // An agent is told the moment control has signed, and answers before the stop has been worked off: its target may not be there yet.
      `INSERT INTO switch_target AS t (order_id, session_id, instance_id, ordered_at, state, acknowledged_at, evidence)
       SELECT o.id, s.id, s.instance_id, clock_timestamp(), 'acknowledged', clock_timestamp(), $4
       FROM session s JOIN switch_order o ON o.id = $1 AND o.kind = 'stop' AND o.release_jws IS NULL
       WHERE s.id = ANY($2::uuid[]) AND s.agent_id = $3::uuid
         AND (EXISTS (SELECT 1 FROM switch_target x WHERE x.order_id = o.id AND x.session_id = s.id)
           OR (s.state IN ('open', 'lost', 'paused') AND CASE o.scope WHEN 'global' THEN true WHEN 'agent' THEN s.agent_id::text = o.target WHEN 'instance' THEN s.instance_id = o.target WHEN 'session' THEN s.id::text = o.target ELSE false END))
       ON CONFLICT (order_id, session_id) DO UPDATE SET state = 'acknowledged', acknowledged_at = clock_timestamp(), evidence = excluded.evidence WHERE t.state IN ('ordered', 'fenced', 'unreachable')
       RETURNING t.session_id`,
      [orderId, ids, actor.id, `the agent's client said so, at ${acknowledgement.at.slice(0, 40)} by its clock`],
    );
    await record(tx, ctx, settled.map(({ session_id }) => sessionEvent(session_id, 'session.halt_acknowledged', { orderId, at: acknowledgement.at }, { agentId: actor.id })));
    if (settled.length > 0) await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ orderId })]);
    return settled.length;
  });
}
