import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { databaseTime, sqlTransaction } from '@/lib/db';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { mayTend, readDeadMen, viewOf } from './rows';
import { step } from './rules';
import { deadManIdSchema, type DeadManView } from './schema';

/** Disarms a dead-man switch before its time. One whose time is over fires, whoever comes now. */
export async function disarmDeadMan(ctx: Context, input: unknown): Promise<DeadManView> {
  const { id } = parseInput(deadManIdSchema, input);
  return sqlTransaction(async (tx) => {
    const [row] = await readDeadMen(tx, 'WHERE d.id = $1 FOR UPDATE OF d', [id]);
    if (!mayTend(ctx, 'dead_man.manage', row?.ownerId ?? null)) authorise(ctx, 'dead_man.manage');
    if (ctx.actor.kind !== 'person' && ctx.actor.kind !== 'host') throw forbidden('Disarming a dead-man switch takes a person.');
    if (!row) throw notFound('There is no such dead-man switch.');
    const now = await databaseTime(tx);
    const stepped = step(row, 'disarm', now);
    if (!stepped.ok) throw conflict(stepped.why === 'overdue' ? 'Nobody was here in time, so it fires now. Release what it stops.' : `It was ${row.state} already.`, { state: row.state });
    await tx.rows(`UPDATE dead_man SET state = 'disarmed', ended_at = $2, ended_by = $3 WHERE id = $1`, [id, now, JSON.stringify(recordedActor(ctx.actor))]);
    await record(tx, ctx, [organisationEvent('dead_man.disarmed', { deadManId: id, scope: row.scope, target: row.target })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ deadMan: id })]);
    return viewOf((await readDeadMen(tx, 'WHERE d.id = $1', [id]))[0]!);
  });
}
