import { authorise, totpPlace } from '@/lib/access';
import type { Context } from '@/lib/context';
import { requiredUrl, sql, sqlTransaction } from '@/lib/db';
import { notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { channelSecretPlace, rotaSecretPlace, type WrappedKey, type Wrapper } from '@/lib/signing';
import type { Holding } from './holding';
import { rewrapInputSchema, type RewrappedName } from './schema';

const PORTION = 200;
const FIRST = '00000000-0000-0000-0000-000000000000';

type Row = { id: string; wrapped: Buffer; keyId: string };
export type Rewrapped = { name: RewrappedName; rewrapped: number; unopened: number };

/** Where what a key wraps is kept. `place` is what it is bound to. */
type Kept = { read: string; place(id: string): string; save: string; values(row: Row, anew: WrappedKey): unknown[] };

const kept: Record<RewrappedName, readonly Kept[]> = {
  'payload-wrapping': [{
    read: 'SELECT session_id AS id, wrapped, wrapping_key_id AS "keyId" FROM session_key WHERE wrapped IS NOT NULL AND wrapping_key_id <> $1 AND session_id > $2 ORDER BY session_id LIMIT $3',
    place: (sessionId) => sessionId,
    // Not where it was erased meanwhile: a key that was destroyed must not come back.
    save: 'UPDATE session_key SET wrapped = $2, wrapping_key_id = $3 WHERE session_id = $1 AND wrapping_key_id = $4 AND erased_at IS NULL RETURNING session_id',
    values: (row, anew) => [row.id, anew.bytes, anew.keyId, row.keyId],
  }],
  'credential-wrapping': [{
    read: 'SELECT person_id AS id, sealed AS wrapped, key_id AS "keyId" FROM totp WHERE key_id <> $1 AND person_id > $2 ORDER BY person_id LIMIT $3',
    place: totpPlace,
    // Not where its person used a code or set up another one meanwhile: what they have now is newer.
    save: 'UPDATE totp SET sealed = $2, key_id = $3 WHERE person_id = $1 AND key_id = $4 AND sealed = $5 RETURNING person_id',
    values: (row, anew) => [row.id, anew.bytes, anew.keyId, row.keyId, row.wrapped],
  }],
  'channel-wrapping': [{
    read: 'SELECT id, sealed AS wrapped, key_id AS "keyId" FROM channel_secret WHERE key_id <> $1 AND id > $2 ORDER BY id LIMIT $3',
    place: channelSecretPlace,
    save: 'UPDATE channel_secret SET sealed = $2, key_id = $3 WHERE id = $1 AND key_id = $4 RETURNING id',
    values: (row, anew) => [row.id, anew.bytes, anew.keyId, row.keyId],
  }, {
    read: 'SELECT id, sealed AS wrapped, key_id AS "keyId" FROM on_call_rota WHERE sealed IS NOT NULL AND key_id <> $1 AND id > $2 ORDER BY id LIMIT $3',
    place: rotaSecretPlace,
    // Not where it was archived meanwhile: a secret that was taken away must not come back.
    save: 'UPDATE on_call_rota SET sealed = $2, key_id = $3 WHERE id = $1 AND key_id = $4 AND sealed IS NOT NULL RETURNING id',
    values: (row, anew) => [row.id, anew.bytes, anew.keyId, row.keyId],
  }],
};

/**
 * Wraps anew under the newest key whatever the one before wraps (every session's data key, every person's one-time-password
 * secret, or every secret of a channel or rota), a portion a transaction, so that the old one can be retired. What is wrapped is not changed. May be broken off and run again.
 */
export async function rewrapKeys(ctx: Context, input: unknown, holding: Holding): Promise<Rewrapped> {
  authorise(ctx, 'key.rotate');
  const { name } = parseInput(rewrapInputSchema, input);
  if (!holding.names.includes(name)) throw notFound(`The ${holding.process} does not hold the ${name} key.`);
  const [current] = await holding.keys.list(name);
  const done: Rewrapped = { name, rewrapped: 0, unopened: 0 };
  // What wraps a session's key anew destroys the one that was there, which only that role may.
  const url = (name === 'payload-wrapping' ? holding.retentionUrl : undefined) ?? requiredUrl();
  for (const one of kept[name]) await rewrapAll(one, current!.kid, holding.keys.wrapper(name), url, done);
  return done;
}

async function rewrapAll({ read, place, save, values }: Kept, newest: string, wrapper: Wrapper, url: string, done: Rewrapped): Promise<void> {
  for (let after = FIRST; ;) {
    const rows = await sql.rows<Row>(read, [newest, after, PORTION]);
    const changes: unknown[][] = [];
    for (const row of rows) {
      const opened = await wrapper.unwrap({ keyId: row.keyId, bytes: Buffer.from(row.wrapped) }, place(row.id));
      if (opened.ok) changes.push(values(row, await wrapper.wrap(opened.bytes, place(row.id))));
      else done.unopened++;
    }
    done.rewrapped += await sqlTransaction(async (tx) => {
      let count = 0;
      for (const change of changes) count += (await tx.rows(save, change)).length;
      return count;
    }, url);
    if (rows.length < PORTION) return;
    after = rows.at(-1)!.id;
  }
}
