import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, sqlTransaction, type Sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { sessionEvent } from './event';
import { readFeed, type FeedPlace } from './read-log';
import { record } from './record';

let db: TestDatabase;
const ctx = makeContext({ kind: 'system', process: 'worker' });
const happening = () => sessionEvent(newId(), 'session.closed', { outcome: 'completed', summary: null });
const happen = () => sqlTransaction((tx) => record(tx, ctx, [happening()]));

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('worker');
});
afterAll(async () => {
  await closePools();
  await db.drop();
});

/** A transaction that has recorded something and takes its time to commit. */
async function begun(): Promise<{ id: string; commit(): Promise<void> }> {
  const client = new pg.Client({ connectionString: db.urlAs('worker') });
  await client.connect();
  await client.query('BEGIN');
  const tx: Sql = { rows: async (text, params = []) => (await client.query(text, params as unknown[])).rows };
  const event = happening();
  await record(tx, ctx, [event]);
  return { id: event.id, async commit() { await client.query('COMMIT'); await client.end(); } };
}

it('a feed read on from its last place has every event once, also those that commit late', async () => {
  const seen: string[] = [];
  let place: FeedPlace | undefined;
  const readOn = async () => {
    for (;;) {
      const { events, last } = await readFeed(place, 7);
      seen.push(...events.map(({ id }) => id));
      if (!last) return;
      place = last;
    }
  };
  await happen();
  const early = await begun();
  const after = await happen();
  await readOn();
  // What came after an open transaction waits for it, or the place would pass it by.
  expect(seen).not.toContain(after[0]!.id);
  const late = await begun();
  await happen();
  await late.commit();
  await readOn();
  await early.commit();
  // Transactions of other databases on this server hold the feed back as well, for as long as they run.
  await vi.waitFor(async () => { await readOn(); expect(seen).toEqual(expect.arrayContaining([early.id, late.id, after[0]!.id])); }, { timeout: 30_000 });

  // The same with many at once, committing in any order while somebody reads on.
  const open = await Promise.all(Array.from({ length: 20 }, begun));
  const reading = (async () => { for (let i = 0; i < 40; i++) await readOn(); })();
  for (const one of open.toReversed()) { await happen(); await one.commit(); }
  await reading;
  await vi.waitFor(async () => { await readOn(); expect(seen.length).toBe(5 + 40); }, { timeout: 30_000 });
  expect(new Set(seen).size).toBe(seen.length);
});
