import type { Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { organisationEvent, type NewEvent } from '@/lib/log';

export type EndedStopKey = 'self' | 'administrator' | 'renewed' | 'too_many' | 'deactivated';

/** Ends these keys, those that live; an event for each. */
export async function endStopKeys(tx: Tx, ctx: Context, keys: readonly { id: string; personId: string }[], why: EndedStopKey): Promise<NewEvent[]> {
  if (keys.length === 0) return [];
  const ended = await tx.$queryRaw<{ id: string; personId: string }[]>`
    UPDATE stop_key SET revoked_at = ${ctx.now()} WHERE id = ANY(${keys.map((key) => key.id)}::uuid[]) AND revoked_at IS NULL RETURNING id, person_id AS "personId"`;
  return ended.map(({ id, personId }) => organisationEvent('stop_key.revoked', { keyId: id, personId, why }));
}

/** Control hears at commit, and reads its keys again. */
export const tellControl = (tx: Tx) => tx.$queryRaw`SELECT pg_notify('cs_switch', '{}')::text`;
