import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record, type SetBack } from '@/lib/log';
import { engageSwitch } from './engage-switch';

/**
 * The database is older than what was anchored outside it: a backup was restored, or somebody took the end of the log
 * away. Stops that were engaged since are gone with it, so everything stops until a person has looked and releases.
 */
export async function stopWhatWasSetBack(ctx: Context, anchor: string, { anchored, database }: SetBack): Promise<void> {
  await sqlTransaction((tx) => record(tx, ctx, [organisationEvent('log.set_back_found', { anchor, anchored, database })]));
  await engageSwitch(ctx, {
    scope: 'global',
    reason: `The database does not hold checkpoint ${anchored}, which was kept outside it (its newest is ${database ?? 'none'}): it was restored from a backup, or its log was cut. Stops and decisions since then are missing from it. Release when you know which.`,
  });
}
