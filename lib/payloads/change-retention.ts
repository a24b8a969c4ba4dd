import { changeSetting } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import type { Retention } from './schema';

/** Sets how long each class of texts is kept, and wakes the clock: what has aged by the new word goes now. */
export async function changeRetention(ctx: Context, retention: Retention): Promise<Retention> {
  const set = await changeSetting(ctx, 'retention', retention);
  await sql.rows(`SELECT pg_notify('cs_erasure', '{"what":"retention"}')::text`);
  return set;
}
