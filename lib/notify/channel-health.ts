import { closeOwnAlert, raiseOwnAlert } from '@/lib/alerts';
import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { FAILING_AFTER, type Attempt } from './rules';

type About = { channelId: string; name: string; moment: string };

/**
 * Counts how a channel goes. After several failures in a row, or a notice that was given up, it counts as failing: one alert, which is closed
 * when something arrives again. A failed test says so to whoever sent it, and calls nobody.
 */
export async function noteHealth(tx: Sql, ctx: Context, { channelId, name, moment }: About, attempt: Attempt, dead: boolean): Promise<void> {
  if (!attempt.ok && moment === 'test') return;
  const [before] = await tx.rows<{ failures: number; failingSince: Date | null; removedAt: Date | null }>('SELECT failures, failing_since AS "failingSince", removed_at AS "removedAt" FROM channel WHERE id = $1 FOR UPDATE', [channelId]);
  if (!before) return;
  if (attempt.ok) {
    await tx.rows('UPDATE channel SET failures = 0, failing_since = NULL, last_error = NULL, last_ok_at = clock_timestamp() WHERE id = $1', [channelId]);
    if (before.failingSince) await endFailing(tx, ctx, { channelId, name });
    return;
  }
  const failing = before.failingSince !== null || (before.removedAt === null && (dead || before.failures + 1 >= FAILING_AFTER));
  await tx.rows('UPDATE channel SET failures = failures + 1, last_error = $2, failing_since = CASE WHEN $3 THEN coalesce(failing_since, clock_timestamp()) END WHERE id = $1', [channelId, attempt.error, failing]);
  if (!failing || before.failingSince !== null) return;
  await record(tx, ctx, [organisationEvent('channel.failing', { channelId, name, failures: before.failures + 1, error: attempt.error })]);
  await raiseOwnAlert(tx, ctx, { rule: RULE, severity: 'high', detector: 'notify', kind: 'channel_failing', about: name });
}

/** It is gone: nothing is left to look at. */
export const forgetFailing = (tx: Sql, ctx: Context, name: string): Promise<void> => closeOwnAlert(tx, ctx, { rule: RULE, about: name, note: `The channel ${name} was removed.` });

/** It works again. */
async function endFailing(tx: Sql, ctx: Context, { channelId, name }: Pick<About, 'channelId' | 'name'>): Promise<void> {
  await record(tx, ctx, [organisationEvent('channel.working', { channelId, name })]);
  await closeOwnAlert(tx, ctx, { rule: RULE, about: name, note: `Channel ${name} works again.` });
}

const RULE = 'channel-failing';
