import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { lockStream, record, sessionEvent, sessionStream } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { shortId } from '@/lib/protocol/ids';
import { readSession } from './read-session';
import { liftConstraintSchema, type LiftConstraint } from './schema';

/**
 * Gives a constrained session back what the rules allow it, from its next decision on: a person has looked at what was seen in it.
 * It never ends by itself. What was seen stays on record, the session stays tainted, and what is seen after this constrains it anew.
 */
export async function liftConstraint(ctx: Context, input: LiftConstraint): Promise<{ sessionId: string }> {
  authorise(ctx, 'session.unconstrain');
  const { sessionId, reason } = parseInput(liftConstraintSchema, input);
  return sqlTransaction(async (tx) => {
    await lockStream(tx, sessionStream(sessionId));
    const session = await readSession(tx, sessionId, true);
    if (!session) throw notFound('There is no such session.');
    if (session.state === 'stopped' || session.state === 'closed') throw conflict(`Session ${shortId(sessionId)} has ended. A new session begins unconstrained.`);
    if (!session.constrained) throw conflict(`Session ${shortId(sessionId)} is not constrained, or somebody has lifted it before.`);
    const { detector, kind, seq } = session.constrained;
    await tx.rows('UPDATE session SET constrained_at = NULL, constrained_by = NULL WHERE id = $1', [sessionId]);
    await record(tx, ctx, [sessionEvent(sessionId, 'session.unconstrained', { reason, detector, kind, seq }, { agentId: session.agentId })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_session', JSON.stringify({ id: sessionId })]);
    return { sessionId };
  });
}
