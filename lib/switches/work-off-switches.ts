import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import type { SigningKey } from '@/lib/signing';
import { applySwitch } from './apply-switch';
import { mendForgedReleases } from './mend-orders';
import { resumeSessions } from './resume-sessions';
import { signReleases } from './sign-release';
import { signSwitch } from './sign-switch';
import type { ControlKeys, StandingReader } from './standing-reader';
import { closeStaleGateways, updateFence } from './update-fence';

export type Round = { standing: number; unconfirmed: number };

/**
 * One round of everything that switches need done: sign, fence, stop the sessions, confirm, sign releases, let paused sessions go on.
 * Control runs it with its key; without the key (the worker) all but the signatures. Safe to run in several processes at once.
 */
export async function workOffSwitches(ctx: Context, reader: StandingReader, keys: ControlKeys, key?: SigningKey): Promise<Round> {
  const { held } = await reader.read(sql);
  const standing = [...new Set(held.map((order) => order.id))];
  if (key) {
    await mendForgedReleases(ctx, held, keys);
    for (const order of held) if (order.orderJws === null && !held.some((other) => other.id === order.id && other.orderJws !== null)) await signSwitch(ctx, order.id, key, keys);
  }
  await closeStaleGateways(ctx);
  const open = standing.length === 0 ? [] : await sql.rows<{ id: string }>('SELECT id FROM switch_order WHERE id = ANY($1::uuid[]) AND confirmed_at IS NULL ORDER BY engaged_at', [standing]);
  let unconfirmed = 0;
  for (const { id } of open) {
    // The fence first: it is what holds. The sessions are stopped again after it, for what was being opened meanwhile.
    await updateFence(ctx, id, keys);
    await applySwitch(ctx, id, keys);
    if (!(await updateFence(ctx, id, keys)).confirmed) unconfirmed++;
  }
  if (key) await signReleases(ctx, key);
  await resumeSessions(ctx, keys);
  return { standing: standing.length, unconfirmed };
}
