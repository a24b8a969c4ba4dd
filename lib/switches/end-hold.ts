import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { databaseTime, sqlTransaction } from '@/lib/db';
import { conflict, forbidden } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { rowActor } from './internal';
import { NEWER_THAN_STOP, requirePerson } from './release-row';
import { mayReleaseSince } from './releasers';
import { endHoldSchema } from './schema';

export type EndedHold = { agentId: string; ended: number };

/** Lets new sessions of an agent open again before their time. For whoever may release; what was stopped stays stopped. */
export async function endHold(ctx: Context, input: unknown): Promise<EndedHold> {
  authorise(ctx, 'switch.release');
  const person = requirePerson(ctx);
  const { agentId } = parseInput(endHoldSchema, input);
  return sqlTransaction(async (tx) => {
    const held = await tx.rows<{ id: string; placed_at: Date; until: Date }>('SELECT id, placed_at, until FROM session_hold WHERE agent_id = $1 AND ended_at IS NULL AND until > clock_timestamp() ORDER BY id FOR UPDATE', [agentId]);
    const now = await databaseTime(tx);
    const open = held.filter((hold) => hold.until > now);
    if (open.length === 0) throw conflict('Nothing holds this agent’s new sessions: it ended by itself, or somebody ended it.');
    if (!open.every((hold) => mayReleaseSince(person, hold.placed_at, now))) throw forbidden(NEWER_THAN_STOP);
    await tx.rows('UPDATE session_hold SET ended_at = $2, ended_by = $3 WHERE id = ANY($1::uuid[])', [open.map((hold) => hold.id), now, JSON.stringify(rowActor(ctx))]);
    const until = new Date(Math.max(...open.map((hold) => hold.until.getTime()))).toISOString();
    await record(tx, ctx, [organisationEvent('switch.hold_ended', { agentId, holds: open.map((hold) => hold.id), until })]);
    await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_switch', JSON.stringify({ holdOf: agentId })]);
    return { agentId, ended: open.length };
  });
}
