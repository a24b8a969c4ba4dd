import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { closeOwnAlert } from '@/lib/alerts';
import { parseInput } from '@/lib/parse-input';
import { endShifts, lockRota, whoIsOn } from './internal';
import { rotaIdSchema } from './schema';

/** Ends a rota: nobody is on call for it, a route that asks it asks nobody, and its secret is gone. */
export async function archiveRota(ctx: Context, input: { rotaId: string }): Promise<void> {
  authorise(ctx, 'on_call.manage');
  const { rotaId } = parseInput(rotaIdSchema, input);
  await sqlTransaction(async (tx) => {
    const rota = await lockRota(tx, rotaId);
    await endShifts(tx, rota, await whoIsOn(tx, rotaId));
    await tx.rows('UPDATE on_call_rota SET archived_at = clock_timestamp(), sealed = NULL, key_id = NULL WHERE id = $1', [rotaId]);
    await closeOwnAlert(tx, ctx, { rule: 'on-call', about: rota.name, note: `The rota ${rota.name} is archived.` });
    await record(tx, ctx, [organisationEvent('on_call.rota_archived', { rotaId, name: rota.name })]);
  });
}
