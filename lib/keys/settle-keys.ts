import type { Context } from '@/lib/context';
import { sql, sqlTransaction, sqlTransactionOnce, takeKeyTurn } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { endsByTime } from '@/lib/signing';
import type { Holding } from './holding';
import { endPrevious } from './retire-key';
import { endsAlone, type RotatableName } from './rules';

/**
 * Brings the record and the keys together: a rotation whose process died before it was recorded is recorded, what the old
 * key vouches for is made anew, and an old key whose overlap is over ends. Does nothing where there is nothing to do.
 */
export async function settleKeys(ctx: Context, holding: Holding): Promise<void> {
  for (const name of holding.names) {
    const [current, previous] = await holding.keys.list(name);
    if (!current) continue;
    await recordFound(ctx, name, holding);
    if (!previous) { if (endsByTime.has(name)) await clearEnded(name, holding); continue; }
    await holding.renew?.[name]?.(ctx, previous.kid);
    if (!endsAlone.has(name) || !previous.overlapUntil || ctx.now() < previous.overlapUntil) continue;
    if (await holding.needs?.[name]?.(previous.kid)) continue;
    await endPrevious(ctx, name, holding, previous.kid);
  }
}

/**
 * Destroys an old key that ended of age, and that alone: somebody may have rotated since it was looked, and the key that was put
 * aside then is needed. So it waits for its turn and looks again, and the provider does too.
 */
async function clearEnded(name: RotatableName, holding: Holding): Promise<void> {
  await sqlTransactionOnce(async (tx) => {
    await takeKeyTurn(tx, name);
    await holding.keys.refresh();
    const [, previous] = await holding.keys.list(name);
    if (!previous) await holding.keys.retire(name, { ended: true });
  });
}

type Recorded = { kid: string; previous_kid: string; retired: boolean };

async function recordFound(ctx: Context, name: RotatableName, holding: Holding): Promise<void> {
  if (!(await unrecorded(name, holding))) return;
  await sqlTransaction(async (tx) => {
    await takeKeyTurn(tx, name);
    const event = await unrecorded(name, holding);
    if (event) await record(tx, ctx, [event]);
  });
}

async function unrecorded(name: RotatableName, holding: Holding) {
  const [current, previous] = await holding.keys.list(name);
  const [last] = await sql.rows<Recorded>(
    `SELECT e.body::jsonb -> 'data' ->> 'kid' AS kid, e.body::jsonb -> 'data' ->> 'previousKid' AS previous_kid,
       EXISTS (SELECT 1 FROM log.event r WHERE r.stream = e.stream AND r.seq > e.seq AND r.type = 'key.retired' AND r.body::jsonb -> 'data' ->> 'kid' = e.body::jsonb -> 'data' ->> 'previousKid') AS retired
     FROM log.event e WHERE e.stream = 'org/system' AND e.type = 'key.rotated' AND e.body::jsonb -> 'data' ->> 'name' = $1 ORDER BY e.seq DESC LIMIT 1`, [name]);
  if (previous && last?.kid !== current!.kid) return organisationEvent('key.rotated', { name, kid: current!.kid, previousKid: previous.kid, overlapUntil: previous.overlapUntil?.toISOString() ?? null });
  if (!previous && last?.kid === current!.kid && !last.retired) return organisationEvent('key.retired', { name, kid: last.previous_kid });
  return undefined;
}
