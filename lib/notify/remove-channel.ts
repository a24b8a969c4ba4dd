import type { Context } from '@/lib/context';
import { organisationEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { forgetFailing } from './channel-health';
import { nameOf } from './change-channel';
import { lockChannel } from './channel-rows';
import { changeOfChannel, type Proven } from './prove-change';
import { channelIdSchema } from './schema';

/** Takes a channel away for good: its secrets are destroyed, and what was still to be told there, or could not be, is given up. What was told stays on record. */
export async function removeChannel(ctx: Context, input: { channelId: string }, proven: Proven = {}): Promise<void> {
  const { channelId } = parseInput(channelIdSchema, input);
  await changeOfChannel(ctx, await nameOf(channelId), proven, async (tx) => {
    const channel = await lockChannel(tx, channelId);
    await tx.rows('UPDATE channel SET removed_at = $2::timestamptz, changed_at = $2::timestamptz, default_page = false WHERE id = $1::uuid', [channelId, ctx.now()]);
    await tx.rows('DELETE FROM channel_secret WHERE channel_id = $1::uuid', [channelId]);
    const given = await tx.rows(`UPDATE notice SET state = 'discarded', done_at = clock_timestamp(), lease_until = NULL WHERE channel_id = $1::uuid AND state IN ('waiting', 'grouped', 'dead') RETURNING id`, [channelId]);
    await forgetFailing(tx, ctx, channel.name);
    return { view: undefined, events: [organisationEvent('channel.removed', { channelId, name: channel.name, givenUp: given.length })] };
  });
}
