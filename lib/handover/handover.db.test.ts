import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { getHandover, handoverFor, listHandovers, shiftFacts, writeHandover } from './index';
import { MOST_TEXT } from './rules';

let db: TestDatabase;
let ada: Context;
let bob: Context;
let viewer: Context;
const owner = () => sqlOf(pool(db.url));
const idOf = ({ actor }: Context) => (actor as { id: string }).id;
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  [ada, bob, viewer] = (await Promise.all([['Ada', 'analyst'], ['Bob', 'responder'], ['Vic', 'viewer']].map(async ([name, role]) => makeContext(await insertPerson(owner(), name!, [role!]))))) as [Context, Context, Context];
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 60 * 60_000).toISOString();
const events = async (id: string) => (await owner().rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = 'org/incidents' AND type = 'handover.written' AND body LIKE '%' || $1 || '%'`, [id])).map(({ body }) => JSON.parse(body) as { actor: { id: string }; data: { text: string; handoverId: string } });

describe('a handover', () => {
  it('is on the record in full, exactly as written, and is shown to the next one and not to its writer', async () => {
    const text = '# Night\n- <script>alert(1)</script> \u202Eecilla\n- A quiet night.';
    const handoverId = newId();
    const written = await writeHandover(ada, { handoverId, since: hoursAgo(8), text });
    expect(written).toMatchObject({ id: handoverId, by: { name: 'Ada' }, text });
    expect(await events(handoverId)).toMatchObject([{ actor: { id: idOf(ada) }, data: { handoverId, text } }]);
    expect(await getHandover(handoverId)).toEqual(written);
    expect(await handoverFor(idOf(bob))).toEqual(written);
    expect(await handoverFor(idOf(ada))).toBeUndefined();
    const later = await writeHandover(bob, { handoverId: newId(), since: written.to, text: 'All well.' });
    expect(await handoverFor(idOf(ada))).toMatchObject({ id: later.id });
    expect((await listHandovers(10)).map((one) => one.id)).toEqual([later.id, handoverId]);
    await owner().rows(`UPDATE handover SET to_at = to_at - interval '13 hours', from_at = from_at - interval '13 hours'`);
    expect(await handoverFor(idOf(ada))).toBeUndefined();
  });

  it('is written once, however often and by however many it is pressed', async () => {
    const handoverId = newId();
    const since = hoursAgo(1);
    const pressed = await Promise.all(Array.from({ length: 10 }, () => writeHandover(ada, { handoverId, since, text: 'The same.' })));
    expect(new Set(pressed.map((one) => one.to)).size).toBe(1);
    expect(await events(handoverId)).toHaveLength(1);
    await expect(writeHandover(ada, { handoverId, since, text: 'Other words.' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(writeHandover(bob, { handoverId, since, text: 'The same.' })).rejects.toMatchObject({ code: 'conflict' });
    const both = await Promise.all([ada, bob].map((ctx) => writeHandover(ctx, { handoverId: newId(), since, text: 'Two at once.' })));
    expect(new Set(both.map((one) => one.id)).size).toBe(2);
  });

  it('is refused to who may not, of another time, empty, too long or by no person', async () => {
    const good = { handoverId: newId(), since: hoursAgo(1), text: 'x' };
    const code = (ctx: Context, more: object) => writeHandover(ctx, { ...good, ...more }).then(() => 'written', (error: { code: string }) => error.code);
    expect(await code(viewer, {})).toBe('forbidden');
    expect(await code(makeContext({ kind: 'system', process: 'worker' }), {})).toBe('forbidden');
    for (const more of [{ since: hoursAgo(-1) }, { since: hoursAgo(73) }, { since: 'yesterday' }, { text: '  \n ' }, { text: 'x'.repeat(MOST_TEXT + 1) }, { text: 'x'.repeat(10_000_000) }, { text: 'a\0b' }, { text: 'a\uD800b' }, { handoverId: 'one' }, { more: 1 }]) expect(await code(ada, more)).toBe('invalid');
    expect(await events(good.handoverId)).toEqual([]);
    expect(await getHandover('../../etc/passwd')).toBeUndefined();
  });

  it('is changed by nobody afterwards', async () => {
    const { sql } = await import('@/lib/db');
    await expect(sql.rows(`UPDATE handover SET text = 'other'`)).rejects.toThrow(/permission denied/);
    await expect(sql.rows('DELETE FROM handover')).rejects.toThrow(/permission denied/);
  });

  it('is drafted from what waits, who decided what in the shift, and what ran out unseen in it', async () => {
    const session = (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
    const [waits, escalated, denied, before, unseen, seen] = await Promise.all(Array.from({ length: 6 }, async () => (await insertPendingApproval(owner(), session)).approvalId));
    await owner().rows('UPDATE approval SET escalated_at = clock_timestamp() WHERE id = $1', [escalated]);
    for (const [id, minutes] of [[denied, 5], [before, 200]] as const) {
      await owner().rows(`UPDATE approval SET state = 'denied' WHERE id = $1`, [id]);
      await owner().rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, reason, at) VALUES ($1, $2, $3, 'deny', 'd', '{}', 'not ours', clock_timestamp() - make_interval(mins => $4))`, [newId(), id, idOf(bob), minutes]);
    }
    await owner().rows(`UPDATE approval SET state = 'expired', decide_by = clock_timestamp() - interval '1 minute' WHERE id = ANY($1::uuid[])`, [[unseen, seen]]);
    await owner().rows('INSERT INTO approval_view VALUES ($1, $2, clock_timestamp(), clock_timestamp())', [seen, idOf(ada)]);
    const facts = await shiftFacts(new Date(Date.now() - 60 * 60_000), new Date());
    expect(facts).toMatchObject({ waiting: { count: 2 }, escalated: 1, decided: { count: 1, by: [{ name: 'Bob', approved: 0, denied: 1 }], last: [{ verdict: 'deny', by: 'Bob', reason: 'not ours' }] }, unseen: { count: 1 } });
    expect(facts.waiting.first.filter((one) => one.escalated)).toHaveLength(1);
    expect(waits).toBeDefined();
  });
});
