import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { decidedPlace, exportDecided, listDecided, listSavedViews, removeView, saveView } from '.';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
});
beforeEach(() => sql.rows('TRUNCATE saved_view, approval_signature, approval, action, session, instance, agent, person CASCADE'));
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

const ROUTE = JSON.stringify({ routes: ['r'], groups: [], decideByMs: 1, useByMs: 1, stepUp: false, reasonRequired: false, ownerCounts: false, risk: 'high' });
const someone = async (roles: string[]): Promise<Context & { id: string }> => { const person = await insertPerson(sql, `P${Math.random().toString(36).slice(2, 10)}`, roles); return { ...makeContext({ ...person, roles: roles as never[] }), id: person.id }; };
const read = async (lines: AsyncGenerator<string>) => { const all: string[] = []; for await (const line of lines) all.push(line); return all; };

/** So many that were decided, two at each moment, by `by` and nobody in turn. */
async function decided(count: number, by: string): Promise<string[]> {
  const { sessions } = await insertFleet(sql, { agents: 2, sessionsEach: 1 });
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await insertPendingApproval(sql, sessions[i % 2]!, i % 3 === 0 ? 'refund' : 'send_email')).approvalId);
  await sql.rows(
    `UPDATE approval p SET route = $2, title = CASE WHEN x.at = 1 THEN '=HYPERLINK("x")' ELSE 'Title ' || x.at END, state = CASE WHEN x.at % 2 = 0 THEN 'denied' ELSE 'expired' END, decided_by_id = CASE WHEN x.at % 2 = 0 THEN $3::uuid END,
     decided_at = timestamptz '2026-03-01T00:00:00Z' + make_interval(hours => (x.at / 2)::int * 12) FROM unnest($1::uuid[]) WITH ORDINALITY x(id, at) WHERE p.id = x.id`, [ids, ROUTE, by]);
  return ids;
}

describe('history', () => {
  it('is read in stretches without a gap, the newest first, and narrowed by who, what, whose and when', async () => {
    const ctx = await someone(['analyst']);
    const ids = await decided(11, ctx.id);
    const joined: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await listDecided({ limit: 3, ...(after !== undefined && { after }) });
      joined.push(...page.map(({ id }) => id));
      if (page.length === 0) break;
      after = decidedPlace(page.at(-1)!);
    }
    expect([...joined].sort()).toEqual([...ids].sort());
    const times = (await listDecided()).map((row) => Date.parse(row.decidedAt!));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect((await listDecided({ filter: { personId: ctx.id } })).map((row) => row.state)).toEqual(Array.from({ length: 5 }, () => 'denied'));
    expect(await listDecided({ filter: { verdict: 'expired', tool: 'refund' } })).toHaveLength(2);
    // The last day is whole.
    expect((await listDecided({ filter: { from: '2026-03-02', to: '2026-03-02' } })).every((row) => row.decidedAt!.startsWith('2026-03-02'))).toBe(true);
    expect(await listDecided({ filter: { from: '2026-03-02', to: '2026-03-02' } })).toHaveLength(4);
  });

  it('is exported as lines that no spreadsheet runs, by whoever may, and that is on record before the first line', async () => {
    const ctx = await someone(['analyst']);
    await decided(4, ctx.id);
    const csv = await read(await exportDecided(ctx, { filter: {}, format: 'csv' }));
    expect(csv).toHaveLength(5);
    expect(csv.join('')).toContain('"\'=HYPERLINK(""x"")"');
    const json = (await read(await exportDecided(ctx, { filter: { verdict: 'denied' }, format: 'jsonl' }))).map((line) => JSON.parse(line) as { state: string; title: string });
    expect(json.map(({ state }) => state)).toEqual(['denied', 'denied']);
    const [event] = await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'log.approvals_exported' ORDER BY seq DESC LIMIT 1`);
    expect(JSON.parse(event!.body)).toMatchObject({ data: { format: 'jsonl', filter: { verdict: 'denied' } }, actor: { id: ctx.id } });
    const before = (await sql.rows('SELECT 1 FROM log.event')).length;
    await expect(exportDecided(await someone(['viewer']), { filter: {}, format: 'csv' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await sql.rows('SELECT 1 FROM log.event')).toHaveLength(before);
  });
});

describe('a kept view', () => {
  it('is its person’s alone, has one name, and is removed', async () => {
    const [mine, theirs] = [await someone(['viewer']), await someone(['viewer'])];
    const [view] = await saveView(mine, { name: ' Refunds ', query: '?tool=refund' });
    expect(view).toMatchObject({ name: 'Refunds', query: '?tool=refund' });
    await expect(saveView(mine, { name: 'Refunds', query: '' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await saveView(theirs, { name: 'Refunds', query: '' })).toHaveLength(1);
    expect(await removeView(theirs, view!.id)).toHaveLength(1);
    expect(await listSavedViews(mine)).toHaveLength(1);
    expect(await removeView(mine, view!.id)).toEqual([]);
    for (const bad of [{ name: '', query: '' }, { name: 'x', query: 'javascript:alert(1)' }, { name: 'x', query: '?a b' }, { name: 'x'.repeat(61), query: '' }]) await expect(saveView(mine, bad)).rejects.toMatchObject({ code: 'invalid' });
  });
});
