import type { Sql } from '@/lib/db';
import { invalid, notFound } from '@/lib/errors';
import { addressOf } from './addresses';
import { channelSettingsSchema, type ChannelKind, type ChannelSettings, type ChannelTarget } from './schema';
import type { SecretWhat } from './sealed-secrets';

export type ChannelRow = { id: string; name: string; kind: ChannelKind; settings: ChannelSettings; defaultPage: boolean; failingSince: Date | null };

/** A channel that is there, under its row's lock. */
export async function lockChannel(tx: Sql, channelId: string): Promise<ChannelRow> {
  const [row] = await tx.rows<Omit<ChannelRow, 'settings'> & { settings: unknown }>(
    'SELECT id, name, kind, settings, default_page AS "defaultPage", failing_since AS "failingSince" FROM channel WHERE id = $1 AND removed_at IS NULL FOR UPDATE', [channelId]);
  if (!row) throw notFound('There is no such channel; it may have been removed.');
  return { ...row, settings: channelSettingsSchema.safeParse(row.settings).data ?? { groupSeconds: 60 } };
}

/** What is kept sealed of a target, and what may be shown of where it leads. */
export function partsOf(target: ChannelTarget, settings: ChannelSettings): { secrets: [SecretWhat, string][]; leadsTo: string } {
  if (target.kind === 'email') {
    if (!settings.to) throw invalid('Name at least one mailbox that is written to.', [{ path: '/settings/to', message: 'Name at least one mailbox.' }]);
    return { secrets: target.password === undefined ? [] : [['password', target.password]], leadsTo: settings.to.length === 1 ? settings.to[0]! : `${settings.to[0]} and ${settings.to.length - 1} more` };
  }
  const url = addressOf(target);
  return { leadsTo: url.host, secrets: target.kind === 'pagerduty' ? [['address', url.href], ['key', target.key]] : [['address', url.href]] };
}

/** Held one at a time, so that two administrators don't both make theirs the default: whoever does takes it from the other. */
export async function takeDefaultPage(tx: Sql, channelId: string): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtext('countersign/default_page'))::text`);
  await tx.rows('UPDATE channel SET default_page = false WHERE default_page AND id <> $1', [channelId]);
}
