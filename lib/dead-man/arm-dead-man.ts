import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { conflict, forbidden, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { mayTend, readDeadMen, viewOf } from './rows';
import { armSchema, type ArmInput, type DeadManView } from './schema';

/** Arms a dead-man switch over an agent or the environment; whoever arms it was here just now. One at a time each. */
export async function armDeadMan(ctx: Context, input: ArmInput): Promise<DeadManView> {
  const { agentId, action, afterMinutes } = parseInput(armSchema, input);
  return sqlTransaction(async (tx) => {
    const [agent] = agentId === undefined ? [] : await tx.rows<{ ownerId: string | null }>('SELECT owner_id::text AS "ownerId" FROM agent WHERE id = $1', [agentId]);
    if (!mayTend(ctx, 'dead_man.manage', agent?.ownerId ?? null)) authorise(ctx, 'dead_man.manage');
    if (ctx.actor.kind !== 'person' && ctx.actor.kind !== 'host') throw forbidden('Arming a dead-man switch takes a person.');
    if (agentId !== undefined && !agent) throw notFound('There is no such agent.');
    const [scope, target] = agentId === undefined ? ['environment', env().environment] : ['agent', agentId];
    // Two who arm at once take turns, and the second hears of the first.
    await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('countersign/dead-man/' || $1 || ' ' || $2, 0))::text`, [scope, target]);
    const [armed] = await readDeadMen(tx, `WHERE d.scope = $1 AND d.target = $2 AND d.state = 'armed'`, [scope, target]);
    if (armed) throw conflict('A dead-man switch is armed here already. Disarm it first to arm another.', { id: armed.id });
    const id = newId();
    const by = JSON.stringify(recordedActor(ctx.actor));
    await tx.rows(
      `INSERT INTO dead_man (id, scope, target, action, after_minutes, armed_by, armed_at, seen_at, seen_by) SELECT $1, $2, $3, $4, $5, $6::jsonb, x.now, x.now, $6::jsonb FROM (SELECT clock_timestamp() AS now) x`, [id, scope, target, action, afterMinutes, by],
    );
    await record(tx, ctx, [organisationEvent('dead_man.armed', { deadManId: id, scope: scope!, target: target!, action, afterMinutes })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ deadMan: id })]);
    return viewOf((await readDeadMen(tx, 'WHERE d.id = $1', [id]))[0]!);
  });
}
