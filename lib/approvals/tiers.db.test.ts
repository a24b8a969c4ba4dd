import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeContext, type Actor } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval, insertPerson } from '@/lib/testing/fleet';
import { decideApproval } from './decide-approval';
import { listApprovals } from './queries';
import { RouteKeeper } from './route-keeper';
import type { AskedRoute } from './schema';

let database: TestDatabase;
let rex: Extract<Actor, { kind: 'person' }>;
let rita: Extract<Actor, { kind: 'person' }>;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  rex = await insertPerson(sql, 'Rex', ['responder']);
  rita = await insertPerson(sql, 'Rita', ['responder']);
  await insertPerson(sql, 'Adam', ['admin']);
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

async function ask(groups: AskedRoute['groups'], tier: AskedRoute['escalation'][number]): Promise<string> {
  const { sessions: [session] } = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
  await sql.rows('INSERT INTO log.stream (id) VALUES ($1)', [`session/${session!.id}`]);
  const { approvalId } = await insertPendingApproval(sql, session!);
  const route: AskedRoute = { routes: ['desk'], groups, escalation: [tier], notify: [], decideByMs: 3_600_000, useByMs: 60_000, stepUp: false, reasonRequired: false, ownerCounts: true, risk: 'high' };
  await sql.rows('UPDATE approval SET route = $2, requested_at = clock_timestamp() WHERE id = $1', [approvalId, JSON.stringify(route)]);
  return approvalId;
}

describe('a tier that makes enough of those who had signed', () => {
  it('leaves the grant to one more yes, also of one of them', async () => {
    const id = await ask([{ role: 'responder', quorum: 2 }], { afterMs: 1_500, groups: [{ role: 'responder', quorum: 1 }], notify: [] });
    const enough = async () => (await listApprovals({ state: 'waiting' })).find((one) => one.id === id)?.enough;
    const approve = () => decideApproval(makeContext(rex), { approvalId: id, verdict: 'approve', digest: '0'.repeat(64) });
    expect(await approve()).toMatchObject({ state: 'partially_approved' });
    expect(await enough()).toBe(false);
    await expect(approve()).rejects.toThrow(/signed this already/);
    await vi.waitFor(async () => expect(await enough()).toBe(true), { timeout: 30_000, interval: 100 });
    expect(await approve()).toMatchObject({ state: 'approved' });
  });
});

describe('whoever wrote the arguments anew', () => {
  it('is not counted among those who can meet a route', async () => {
    const id = await ask([{ person: 'rita@example.org', quorum: 1 }], { afterMs: 3_000_000, groups: [{ role: 'admin', quorum: 1 }], notify: [] });
    const keep = () => new RouteKeeper(makeContext({ kind: 'system', process: 'worker' })).run();
    const row = async () => (await sql.rows<{ tier: number; unmet: string | null }>('SELECT tier, unmet FROM approval WHERE id = $1', [id]))[0]!;
    await keep();
    expect(await row()).toEqual({ tier: 0, unmet: null });
    // As the console writes a replacement.
    await sql.rows(
      `INSERT INTO approval_change (id, approval_id, revision, kind, person_id, steps, from_digest, to_digest, from_payload_id, to_payload_id, findings, provenance, at) VALUES (gen_random_uuid(), $1, 2, 'replacement', $2, '[]', repeat('0', 64), repeat('1', 64), gen_random_uuid(), gen_random_uuid(), '[]', '{}', now())`, [id, rita.id]);
    await sql.rows('UPDATE approval SET revision = 2, route_judged_at = NULL WHERE id = $1', [id]);
    await keep();
    expect(await row()).toMatchObject({ tier: 1, unmet: expect.stringContaining('it lacks rita@example.org') });
  });
});
