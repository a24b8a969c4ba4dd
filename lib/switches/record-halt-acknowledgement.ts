import { z } from 'zod';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { record, sessionEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { haltAckSchema } from '@/lib/protocol/agent-answers';
import { idSchema } from '@/lib/protocol/ids';

const inputSchema = z.object({ orderId: idSchema, acknowledgement: haltAckSchema });

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
      `UPDATE switch_target t SET state = 'acknowledged', acknowledged_at = clock_timestamp(), evidence = $4
       FROM session s WHERE t.order_id = $1 AND t.session_id = ANY($2::uuid[]) AND s.id = t.session_id AND s.agent_id = $3::uuid
         AND t.state IN ('ordered', 'fenced', 'unreachable') RETURNING t.session_id`,
      [orderId, ids, actor.id, `the agent's client said so, at ${acknowledgement.at.slice(0, 40)} by its clock`],
    );
    await record(tx, ctx, settled.map(({ session_id }) => sessionEvent(session_id, 'session.halt_acknowledged', { orderId, at: acknowledgement.at }, { agentId: actor.id })));
    if (settled.length > 0) await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ orderId })]);
    return settled.length;
  });
}
