import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { lockStream, sessionEvent, sessionStream, type NewEvent, record } from '@/lib/log';
import { cancelOpenApprovals } from '@/lib/approvals';
import { readSession } from './read-session';

/** Ends a session: what it had open is cancelled, also what was approved and not used. Closing twice is harmless. */
export async function closeSession(ctx: Context, input: { sessionId: string; outcome: 'completed' | 'failed' | 'abandoned'; summary?: string | undefined }, agentId: string, instanceId: string): Promise<void> {
  await sqlTransaction(async (tx) => {
    await lockStream(tx, sessionStream(input.sessionId));
    const session = await readSession(tx, input.sessionId, true);
    if (!session || session.agentId !== agentId) throw notFound('There is no such session of this agent.');
    if (session.state === 'closed' || session.state === 'stopped') return;
    if (session.instanceId !== instanceId) throw conflict('Another instance has taken this session over.');
    await tx.rows(`UPDATE session SET state = 'closed', ended_at = clock_timestamp(), outcome = $2, summary = $3 WHERE id = $1`, [session.id, input.outcome, input.summary ?? null]);
    const cancelled: NewEvent[] = await cancelOpenApprovals(tx, session.id, 'session_ended');
    await record(tx, ctx, [...cancelled, sessionEvent(session.id, 'session.closed', { outcome: input.outcome, summary: input.summary ?? null }, { agentId })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_session', JSON.stringify({ id: session.id })]);
  });
}
