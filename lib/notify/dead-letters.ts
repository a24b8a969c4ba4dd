import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { noticeIdSchema } from './schema';

type Dead = { id: string; channelId: string; channel: string; subject: string; moment: string; act: string; attempts: number };

/**
 * Sends a dead letter once more, under the id that it had. What resolved it meanwhile is sent again after it, so that a receiver that hears of it
 * only now hears of its end as well.
 */
export async function retryNotice(ctx: Context, input: { noticeId: string }): Promise<void> {
  authorise(ctx, 'channel.manage');
  const { noticeId } = parseInput(noticeIdSchema, input);
  await sqlTransaction(async (tx) => {
    const { act, ...dead } = await lockDead(tx, noticeId);
    const anew = `state = 'waiting', done_at = NULL, lease_until = NULL, due_at = clock_timestamp()`;
    await tx.rows(`UPDATE notice SET ${anew} WHERE id = $1`, [noticeId]);
    if (act === 'trigger') await tx.rows(`UPDATE notice SET ${anew} WHERE channel_id = $1 AND subject = $2 AND act = 'resolve' AND state IN ('delivered', 'overtaken', 'dead')`, [dead.channelId, dead.subject]);
    await record(tx, ctx, [organisationEvent('notice.retried', eventOf(dead))]);
    await tx.rows(`SELECT pg_notify('cs_notify', '{}')::text`);
  });
}

/** Gives a dead letter up; it stays on record. */
export async function discardNotice(ctx: Context, input: { noticeId: string }): Promise<void> {
  authorise(ctx, 'channel.manage');
  const { noticeId } = parseInput(noticeIdSchema, input);
  await sqlTransaction(async (tx) => {
    const dead = await lockDead(tx, noticeId);
    await tx.rows(`UPDATE notice SET state = 'discarded', done_at = clock_timestamp() WHERE id = $1`, [noticeId]);
    await record(tx, ctx, [organisationEvent('notice.discarded', eventOf(dead))]);
  });
}

const eventOf = ({ id, channelId, channel, subject, moment, attempts }: Omit<Dead, 'act'>) => ({ noticeId: id, channelId, channel, subject, moment, attempts });

async function lockDead(tx: Sql, noticeId: string): Promise<Dead> {
  const [row] = await tx.rows<Dead & { state: string; removed: boolean }>(
    `SELECT n.id, n.channel_id AS "channelId", c.name AS channel, n.subject, n.moment, n.act, n.attempts, n.state, c.removed_at IS NOT NULL AS removed FROM notice n JOIN channel c ON c.id = n.channel_id WHERE n.id = $1 FOR UPDATE OF n`, [noticeId]);
  if (!row) throw notFound('There is no such notice; it may be so old that it is no longer kept.');
  if (row.state !== 'dead') throw conflict(row.state === 'waiting' ? 'Somebody has sent it once more already.' : 'It is no dead letter any more: somebody was here first.');
  if (row.removed) throw conflict('Its channel was removed. Discard it.');
  const { state: _state, removed: _removed, ...dead } = row;
  return dead;
}
