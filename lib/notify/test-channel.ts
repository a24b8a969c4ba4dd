import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { forbidden, rateLimited } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { lockChannel } from './channel-rows';
import { baseOf, insertNotice } from './make-notices';
import { plainText } from './plain-text';
import { channelIdSchema } from './schema';

const MOST_IN_A_MINUTE = 6;

/** Sends a test page, by the same way and with the same secrets as a real one; quiet hours don't hold it back. It is tried once. */
export async function testChannel(ctx: Context, input: { channelId: string }): Promise<{ noticeId: string }> {
  authorise(ctx, 'channel.manage');
  const { channelId } = parseInput(channelIdSchema, input);
  const { actor } = ctx;
  if (actor.kind !== 'person') throw forbidden('A test page says by whom it was sent: it takes a person.');
  return sqlTransaction(async (tx) => {
    const channel = await lockChannel(tx, channelId);
    const [lately] = await tx.rows<{ n: number }>(`SELECT count(*)::int AS n FROM notice WHERE channel_id = $1 AND moment = 'test' AND created_at > clock_timestamp() - interval '1 minute'`, [channelId]);
    if (lately!.n >= MOST_IN_A_MINUTE) throw rateLimited('That were several test pages in a minute. Wait a moment.', 30_000);
    const id = newId();
    const now = ctx.now();
    await insertNotice(tx, channel, {
      id, subject: `test:${id}`, moment: 'test', act: 'trigger', critical: false, groupId: null,
      body: { ...baseOf(channel, id, now.toISOString(), '/settings/channels'), type: 'channel.test', by: plainText(actor.name, 120) },
    }, now);
    await record(tx, ctx, [organisationEvent('channel.tested', { channelId, name: channel.name, noticeId: id })]);
    await tx.rows(`SELECT pg_notify('cs_notify', '{}')::text`);
    return { noticeId: id };
  });
}
