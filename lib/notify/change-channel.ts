import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { organisationEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { lockChannel, takeDefaultPage } from './channel-rows';
import { invalid, notFound } from '@/lib/errors';
import { changeOfChannel, type Proven } from './prove-change';
import { changeChannelSchema, type ChangeChannel, type ChannelSettings } from './schema';

/** Changes quiet hours, gathering, mailboxes, the mail server or whether it is the default page. Where it leads is changed by rotating its secret; another mail server has its password entered anew. */
export async function changeChannel(ctx: Context, input: ChangeChannel, proven: Proven = {}): Promise<void> {
  const { channelId, settings, defaultPage } = parseInput(changeChannelSchema, input);
  await changeOfChannel(ctx, await nameOf(channelId), proven, async (tx) => {
    const channel = await lockChannel(tx, channelId);
    if (channel.kind === 'email' && !settings.to) throw invalid('Name at least one mailbox that is written to.', [{ path: '/settings/to', message: 'Name at least one mailbox.' }]);
    const before: Record<string, unknown> = { ...channel.settings, defaultPage: channel.defaultPage };
    const after: Record<string, unknown> = { ...settings, defaultPage };
    const what = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])).sort();
    if (what.length === 0) return { view: undefined, unchanged: true };
    if (defaultPage) await takeDefaultPage(tx, channelId);
    // Whoever turns a channel to a server of theirs must not be sent the password of the one before.
    if (serverOf(channel.settings) !== serverOf(settings)) await tx.rows(`DELETE FROM channel_secret WHERE channel_id = $1::uuid AND what = 'password'`, [channelId]);
    const to = settings.to;
    const leadsTo = to && (to.length === 1 ? to[0] : `${to[0]} and ${to.length - 1} more`);
    await tx.rows('UPDATE channel SET settings = $2::jsonb, default_page = $3, leads_to = CASE WHEN kind = \'email\' THEN coalesce($4, leads_to) ELSE leads_to END, changed_at = $5::timestamptz WHERE id = $1::uuid', [channelId, JSON.stringify(settings), defaultPage, leadsTo ?? null, ctx.now()]);
    return { view: undefined, events: [organisationEvent('channel.changed', { channelId, name: channel.name, what })] };
  });
}

const serverOf = ({ smtp }: ChannelSettings): string => (smtp ? JSON.stringify([smtp.host, smtp.port, smtp.security, smtp.user]) : '');

/** What a person proves themselves for names the channel. */
export async function nameOf(channelId: string): Promise<string> {
  const [row] = await sql.rows<{ name: string }>('SELECT name FROM channel WHERE id = $1 AND removed_at IS NULL', [channelId]);
  if (!row) throw notFound('There is no such channel; it may have been removed.');
  return row.name;
}
