import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { lockStream, record, sessionEvent, sessionStream } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId, shortId } from '@/lib/protocol/ids';
import { eraseSessionSchema, type EraseSession } from './schema';

/**
 * Asks for all texts of one session to be destroyed, and its key with them, for good; the record that something was there stays.
 * Nobody who can ask can do it: the worker carries it out within seconds, under the retention role. Refused while the session runs,
 * whose agent and approvers still need the texts.
 */
export async function eraseSession(ctx: Context, input: EraseSession): Promise<{ erasureId: string; sessionId: string }> {
  authorise(ctx, 'payload.erase');
  const { sessionId, reason } = parseInput(eraseSessionSchema, input);
  return sqlTransaction(async (tx) => {
    await lockStream(tx, sessionStream(sessionId));
    const [session] = await tx.rows<{ ended: boolean; undecided: number; erased: boolean; asked: boolean }>(
      `SELECT s.ended_at IS NOT NULL AS ended, (SELECT count(*)::int FROM approval p WHERE p.session_id = s.id AND p.state IN ('pending', 'partially_approved')) AS undecided,
         EXISTS (SELECT 1 FROM session_key k WHERE k.session_id = s.id AND k.erased_at IS NOT NULL) AS erased, EXISTS (SELECT 1 FROM erasure e WHERE e.session_id = s.id AND e.done_at IS NULL) AS asked
       FROM session s WHERE s.id = $1`, [sessionId],
    );
    if (!session) throw notFound('There is no such session.');
    if (!session.ended) throw conflict(`Session ${shortId(sessionId)} has not ended: its agent and whoever approves its actions still need the texts. Stop it first, then erase it.`);
    if (session.undecided > 0) throw conflict(`Session ${shortId(sessionId)} has ${session.undecided === 1 ? 'an approval' : `${session.undecided} approvals`} that nobody has decided, which need their arguments. Deny what is open first.`);
    if (session.erased) throw conflict(`The texts of session ${shortId(sessionId)} were erased before.`);
    if (session.asked) throw conflict(`Erasing session ${shortId(sessionId)} was asked for already; the worker does it as soon as it runs.`);
    const erasureId = newId();
    await tx.rows(`INSERT INTO erasure (id, kind, session_id, why, asked_by, asked_at) VALUES ($1, 'asked', $2, $3, $4, $5)`, [erasureId, sessionId, reason, JSON.stringify(recordedActor(ctx.actor)), ctx.now()]);
    await record(tx, ctx, [sessionEvent(sessionId, 'payload.erasure_asked', { erasureId, why: reason })]);
    await tx.rows(`SELECT pg_notify('cs_erasure', $1)::text`, [JSON.stringify({ id: erasureId })]);
    return { erasureId, sessionId };
  });
}
