import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { approverFigures, expiries, flowBins, noteOpening, paceOf, ruleFigures, standingFloods } from './index';

let db: TestDatabase;
let ada: Context;
let bob: Context;
let session: { id: string; agentId: string };
const owner = () => sqlOf(pool(db.url));
const idOf = ({ actor }: Context) => (actor as { id: string }).id;
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
  [ada, bob] = (await Promise.all(['Ada', 'Bob'].map(async (name) => makeContext(await insertPerson(owner(), name, ['analyst']))))) as [Context, Context];
  session = (await insertFleet(owner(), { agents: 1, sessionsEach: 1 })).sessions[0]!;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

const waiting = async (rule = 'r') => {
  const { approvalId } = await insertPendingApproval(owner(), session);
  await owner().rows(`UPDATE approval SET rule_ids = ARRAY[$2], route = '{"routes": ["desk"]}' WHERE id = $1`, [approvalId, rule]);
  return approvalId;
};
/** Their word, so many minutes ago, so long after they had opened it; null: they never had. */
async function word(ctx: Context, approvalId: string, verdict: 'approve' | 'deny', { minutesAgo = 0, afterMs }: { minutesAgo?: number; afterMs: number | null }): Promise<void> {
  const at = `clock_timestamp() - make_interval(mins => $3)`;
  await owner().rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, at) VALUES ($1, $2, $4, $5, 'd', '{}', ${at})`, [newId(), approvalId, minutesAgo, idOf(ctx), verdict]);
  if (afterMs !== null) await owner().rows(`INSERT INTO approval_view SELECT approval_id, person_id, at - $3 * interval '1 millisecond', at FROM approval_signature WHERE approval_id = $1 AND person_id = $2`, [approvalId, idOf(ctx), afterMs]);
}
const views = (approvalId: string) => owner().rows<{ personId: string; firstAt: Date; lastAt: Date }>('SELECT person_id AS "personId", first_at AS "firstAt", last_at AS "lastAt" FROM approval_view WHERE approval_id = $1 ORDER BY first_at', [approvalId]);

describe('the opening of a card', () => {
  it('is one row for a person and an approval, however often at once, and keeps the first and the last', async () => {
    const id = await waiting();
    await Promise.all(Array.from({ length: 20 }, () => noteOpening(ada, id)));
    await noteOpening(bob, id);
    expect(await views(id)).toHaveLength(2);
    const [before] = await views(id);
    // What draws itself anew at once writes nothing.
    await noteOpening(ada, id);
    expect(await views(id)).toContainEqual(before);
    await owner().rows(`UPDATE approval_view SET first_at = first_at - interval '5 minutes', last_at = last_at - interval '5 minutes' WHERE person_id = $1`, [idOf(ada)]);
    await noteOpening(ada, id);
    const [after] = await views(id);
    expect(after!.firstAt.getTime()).toBe(before!.firstAt.getTime() - 300_000);
    expect(after!.lastAt.getTime()).toBeGreaterThanOrEqual(before!.lastAt.getTime());
  });
  it('of what is over, of what is not there and by what is no person is none', async () => {
    const id = await waiting();
    await owner().rows(`UPDATE approval SET state = 'denied' WHERE id = $1`, [id]);
    const late = await waiting();
    await owner().rows(`UPDATE approval SET decide_by = clock_timestamp() - interval '1 second' WHERE id = $1`, [late]);
    const open = await waiting();
    const missing = newId();
    for (const one of [id, late, missing]) await noteOpening(ada, one);
    await noteOpening(makeContext({ kind: 'system', process: 'worker' }), open);
    for (const one of [id, late, missing, open]) expect(await views(one)).toEqual([]);
    await expect(noteOpening(ada, "x'; drop table approval_view; --")).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('fatigue', () => {
  it('is counted by person over ten minutes, from opening to decision', async () => {
    expect(await paceOf(idOf(bob))).toEqual({ decisions: 0, eachMs: null });
    for (let n = 0; n < 12; n++) await word(bob, await waiting('quick'), 'approve', { afterMs: 2_000 + 1_000 * (n % 5) });
    await word(bob, await waiting('quick'), 'approve', { minutesAgo: 11, afterMs: 1 });
    await word(ada, await waiting('slow'), 'deny', { minutesAgo: 30, afterMs: 61_000 });
    await word(ada, await waiting('slow'), 'deny', { minutesAgo: 20, afterMs: null });
    const pace = await paceOf(idOf(bob));
    expect({ ...pace, eachMs: Math.round(pace.eachMs!) }).toEqual({ decisions: 12, eachMs: 3_500 });
    expect(await paceOf(idOf(ada))).toEqual({ decisions: 0, eachMs: null });
    const [first, second] = await approverFigures(7);
    expect(first).toMatchObject({ name: 'Bob', decisions: 13, approvals: 13, unopened: 0, busiest: 12 });
    expect(second).toMatchObject({ name: 'Ada', decisions: 2, approvals: 0, unopened: 1, busiest: 1 });
    expect(Math.round(second!.medianMs!)).toBe(61_000);
    for (let n = 0; n < 30; n++) await word(bob, await waiting('flood'), 'deny', { afterMs: null });
    expect((await paceOf(idOf(bob))).decisions).toBe(12);
  });
  it('marks by rule what was approved at once: quick or unopened, not what was read or denied', async () => {
    for (let n = 0; n < 25; n++) await word(bob, await waiting('waved'), 'approve', { afterMs: n % 2 ? 900 : null });
    for (const [verdict, afterMs] of [['approve', 3_100], ['deny', 100], ['approve', 2_900]] as const) await word(ada, await waiting('read'), verdict, { afterMs });
    const rules = await ruleFigures(7);
    expect(rules[0]).toEqual({ rule: 'waved', decisions: 25, approvals: 25, quick: 25 });
    expect(rules.find((one) => one.rule === 'read')).toEqual({ rule: 'read', decisions: 3, approvals: 2, quick: 1 });
  });
  it('tells what ran out unseen from what somebody had open', async () => {
    const before = await expiries(7, 10);
    const [seen, unseen] = [await waiting(), await waiting()];
    await noteOpening(ada, seen);
    await owner().rows(`UPDATE approval SET state = 'expired', decide_by = clock_timestamp() WHERE id = ANY($1::uuid[])`, [[seen, unseen]]);
    const after = await expiries(7, 10);
    expect([after.seen - before.seen, after.unseen - before.unseen]).toEqual([1, 1]);
    expect(after.newest[0]).toMatchObject({ id: unseen, routes: ['desk'], risk: 'high' });
  });
  it('counts how questions ended in whole stretches, those in which none did as well', async () => {
    const bins = await flowBins(7, 6);
    expect(bins.length).toBeGreaterThanOrEqual(28);
    expect(bins.slice(0, -2).every((bin) => bin.granted + bin.denied + bin.expired + bin.cancelled === 0)).toBe(true);
    const granted = await waiting();
    await owner().rows(`UPDATE approval SET state = 'unused_expired', requested_at = clock_timestamp() - interval '40 seconds', use_by = clock_timestamp() - interval '10 seconds' + use_by_ms * interval '1 millisecond', decided_at = clock_timestamp() + interval '3 days' WHERE id = $1`, [granted]);
    const counted = (await flowBins(7, 6)).reduce((sum, bin) => sum + bin.granted, 0);
    expect(counted).toBe(bins.reduce((sum, bin) => sum + bin.granted, 0) + 1);
    expect(await standingFloods()).toEqual([]);
  });
});
