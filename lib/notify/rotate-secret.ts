import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { conflict, invalid } from '@/lib/errors';
import { organisationEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { nameOf } from './change-channel';
import { lockChannel, partsOf, type ChannelRow } from './channel-rows';
import { newSigningSecret } from './create-channel';
import { changeOfChannel, type Proven } from './prove-change';
import { channelTargetSchema, rotateSecretSchema, type RotateSecret } from './schema';
import { keepSecret, type SecretWhat } from './sealed-secrets';

/**
 * Gives a webhook a new signing secret, shown once, beside which the old one signs for the overlap, so that the receiver can change over
 * without refusing anything; two live at most. Of the other kinds the new word is given, and takes the old one's place at once.
 */
export async function rotateSecret(ctx: Context, input: RotateSecret, proven: Proven = {}): Promise<{ signingSecret: string | null; overlapUntil: string | null }> {
  const { channelId, word, overlapHours } = parseInput(rotateSecretSchema, input);
  return changeOfChannel(ctx, await nameOf(channelId), proven, async (tx) => {
    const channel = await lockChannel(tx, channelId);
    const done = channel.kind === 'webhook' && word === undefined ? await rotateSigning(tx, ctx, channel, overlapHours) : await replaceWord(tx, ctx, channel, word);
    await tx.rows('UPDATE channel SET changed_at = $2::timestamptz WHERE id = $1::uuid', [channelId, ctx.now()]);
    return { view: { signingSecret: done.signingSecret, overlapUntil: done.overlapUntil }, events: [organisationEvent('channel.secret_rotated', { channelId, name: channel.name, what: done.what, overlapUntil: done.overlapUntil })] };
  });
}

async function rotateSigning(tx: Sql, ctx: Context, channel: ChannelRow, overlapHours: number) {
  await tx.rows(`DELETE FROM channel_secret WHERE channel_id = $1::uuid AND what = 'signing' AND ends_at <= clock_timestamp()`, [channel.id]);
  const live = await tx.rows<{ id: string; endsAt: Date | null }>(`SELECT id, ends_at AS "endsAt" FROM channel_secret WHERE channel_id = $1::uuid AND what = 'signing' FOR UPDATE`, [channel.id]);
  const ending = live.find(({ endsAt }) => endsAt !== null);
  if (ending && overlapHours > 0) throw conflict(`Two secrets sign already; the older one until ${ending.endsAt!.toISOString()}. Wait for that, or rotate without an overlap, which ends both.`);
  if (overlapHours === 0) await tx.rows(`DELETE FROM channel_secret WHERE channel_id = $1::uuid AND what = 'signing'`, [channel.id]);
  const [ended] = await tx.rows<{ endsAt: Date }>(
    `UPDATE channel_secret SET ends_at = clock_timestamp() + make_interval(hours => $2::int) WHERE channel_id = $1::uuid AND what = 'signing' AND ends_at IS NULL RETURNING ends_at AS "endsAt"`, [channel.id, overlapHours]);
  const signingSecret = newSigningSecret();
  await keepSecret(tx, channel.id, 'signing', signingSecret, ctx.now());
  return { signingSecret, overlapUntil: ended?.endsAt.toISOString() ?? null, what: 'signing' };
}

async function replaceWord(tx: Sql, ctx: Context, channel: ChannelRow, word: string | undefined) {
  if (word === undefined || word.trim() === '') throw invalid('Enter the new one.', [{ path: '/word', message: 'Enter the new one.' }]);
  const what: SecretWhat = channel.kind === 'email' ? 'password' : channel.kind === 'pagerduty' ? 'key' : 'address';
  const target = parseInput(channelTargetSchema, channel.kind === 'email' ? { kind: 'email', password: word } : channel.kind === 'pagerduty' ? { kind: 'pagerduty', key: word } : { kind: channel.kind, address: word });
  const { secrets, leadsTo } = partsOf(target, channel.settings);
  const kept = secrets.find(([one]) => one === what)![1];
  await tx.rows('DELETE FROM channel_secret WHERE channel_id = $1::uuid AND what = $2', [channel.id, what]);
  await keepSecret(tx, channel.id, what, kept, ctx.now());
  if (what === 'address') await tx.rows('UPDATE channel SET leads_to = $2 WHERE id = $1::uuid', [channel.id, leadsTo]);
  return { signingSecret: null, overlapUntil: null, what };
}
