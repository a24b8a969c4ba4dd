import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { lockStream, record, sessionEvent, sessionStream } from '@/lib/log';
import type { Constraint } from './schema';

/** `standing`: it was so before; `over`: the session has ended; `lifted`: a person has looked at what was seen then, and lifted it. */
export type Constrained = 'done' | 'standing' | 'over' | 'lifted';

/**
 * Holds a session to what the bundle leaves one that something suspicious was seen in, from its next decision on, until it ends or a person lifts it.
 * For machines that watch, in a transaction of theirs; what they hand in late, of before a person lifted it, changes nothing.
 */
export async function constrainWithin(tx: Sql, ctx: Context, { sessionId, ...why }: { sessionId: string; rule: string; detector: string; kind: string; seq: number }): Promise<Constrained> {
  await lockStream(tx, sessionStream(sessionId));
  const [session] = await tx.rows<{ state: string; agentId: string; constrained: boolean }>(`SELECT state, agent_id AS "agentId", constrained_at IS NOT NULL AS constrained FROM session WHERE id = $1 FOR NO KEY UPDATE`, [sessionId]);
  if (!session || session.state === 'stopped' || session.state === 'closed') return 'over';
  if (session.constrained) return 'standing';
  const [lifted] = await tx.rows(`SELECT 1 FROM log.event WHERE stream = $1 AND type = 'session.unconstrained' AND seq > $2 LIMIT 1`, [sessionStream(sessionId), why.seq]);
  if (lifted) return 'lifted';
  const constraint: Constraint = { by: 'rule', ...why };
  await tx.rows('UPDATE session SET constrained_at = clock_timestamp(), constrained_by = $2 WHERE id = $1', [sessionId, JSON.stringify(constraint)]);
  await record(tx, ctx, [sessionEvent(sessionId, 'session.constrained', constraint, { agentId: session.agentId })]);
  await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_session', JSON.stringify({ id: sessionId })]);
  return 'done';
}
