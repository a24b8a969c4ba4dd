import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { requiredUrl, sql, sqlTransaction } from '@/lib/db';
import { notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import type { WrappedKey } from '@/lib/signing';
import type { Holding } from './holding';
import { rewrapInputSchema } from './schema';

const PORTION = 200;
const FIRST = '00000000-0000-0000-0000-000000000000';

type Row = { session_id: string; wrapped: Buffer; wrapping_key_id: string };
export type Rewrapped = { name: 'payload-wrapping'; rewrapped: number; unopened: number };

/**
 * Wraps every session's data key anew under the newest wrapping key, a portion a transaction, so that the old one can be
 * retired. The texts themselves are not touched. May be broken off and run again.
 */
export async function rewrapKeys(ctx: Context, input: unknown, holding: Holding): Promise<Rewrapped> {
  authorise(ctx, 'key.rotate');
  const { name } = parseInput(rewrapInputSchema, input);
  if (!holding.names.includes(name)) throw notFound(`The ${holding.process} does not hold the ${name} key.`);
  const [current] = await holding.keys.list(name);
  const wrapper = holding.keys.wrapper(name);
  const done: Rewrapped = { name, rewrapped: 0, unopened: 0 };
  for (let after = FIRST; ;) {
    const rows = await sql.rows<Row>('SELECT session_id, wrapped, wrapping_key_id FROM session_key WHERE wrapped IS NOT NULL AND wrapping_key_id <> $1 AND session_id > $2 ORDER BY session_id LIMIT $3', [current!.kid, after, PORTION]);
    const anew: { row: Row; wrapped: WrappedKey }[] = [];
    for (const row of rows) {
      const opened = await wrapper.unwrap({ keyId: row.wrapping_key_id, bytes: Buffer.from(row.wrapped) }, row.session_id);
      if (opened.ok) anew.push({ row, wrapped: await wrapper.wrap(opened.bytes, row.session_id) });
      else done.unopened++;
    }
    done.rewrapped += await sqlTransaction(async (tx) => {
      let count = 0;
      // Not where it was erased meanwhile: a key that was destroyed must not come back.
      for (const { row, wrapped } of anew) count += (await tx.rows('UPDATE session_key SET wrapped = $2, wrapping_key_id = $3 WHERE session_id = $1 AND wrapping_key_id = $4 AND erased_at IS NULL RETURNING session_id', [row.session_id, wrapped.bytes, wrapped.keyId, row.wrapping_key_id])).length;
      return count;
    }, holding.retentionUrl ?? requiredUrl());
    if (rows.length < PORTION) return done;
    after = rows.at(-1)!.session_id;
  }
}
