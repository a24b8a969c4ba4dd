import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, pool, sql, sqlOf } from '@/lib/db';
import { Checkpoints, fileAnchor, type AnchorPlace } from '@/lib/log';
import { FileKeys } from '@/lib/signing';
import { controlKeysFrom, engageSwitch, StandingReader, stopWhatWasSetBack } from '@/lib/switches';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval } from '@/lib/testing/fleet';
import { startJobs, tableOfContents, type RunningJobs } from './index';

const ROUTE = JSON.stringify({ routes: ['desk'], groups: [{ role: 'analyst', quorum: 1 }], decideByMs: 1_000, useByMs: 1_000, stepUp: false, reasonRequired: false, ownerCounts: true, risk: 'high' });
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-jobs-'));
const anchorFile = path.join(folder, 'anchor', 'checkpoints.ndjson');
const ctx = makeContext({ kind: 'system', process: 'worker' });
let db: TestDatabase;
let link: DatabaseLink;
const running: RunningJobs[] = [];

/** What the gateway would have written; the worker, as which these tests run, may not. */
const owner = () => sqlOf(pool(db.url));

beforeAll(async () => {
  db = await createTestDatabase();
  link = await createDatabaseLink(db.urlAs('worker'));
  process.env.DATABASE_URL = link.url;
});
afterEach(async () => { await Promise.all(running.splice(0).map((jobs) => jobs.stop())); });
afterAll(async () => {
  await closePrisma();
  await closePools();
  await link.stop();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function startWorkers(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const keys = new FileKeys({ folder: path.join(folder, 'keys'), holds: ['checkpoint'] });
    const controlKeys = controlKeysFrom(new FileKeys({ folder: path.join(folder, 'keys'), holds: [] }));
    const anchors: AnchorPlace[] = [fileAnchor(anchorFile, (found) => stopWhatWasSetBack(ctx, 'file', found))];
    running.push(await startJobs(tableOfContents({ ctx, checkpoints: new Checkpoints(keys, () => {}), anchors, standing: new StandingReader(controlKeys, () => performance.now()), controlKeys }), pino({ level: 'silent' })));
  }
}

async function ask(session: { id: string; agentId: string }, decideInMs: number): Promise<string> {
  const { approvalId } = await insertPendingApproval(owner(), session);
  await owner().rows(`UPDATE approval SET route = $2, decide_by = clock_timestamp() + make_interval(secs => $3) WHERE id = $1`, [approvalId, ROUTE, decideInMs / 1_000]);
  await sql.rows('INSERT INTO log.stream (id) VALUES ($1) ON CONFLICT DO NOTHING', [`session/${session.id}`]);
  return approvalId;
}

describe('the clocks, with two workers', () => {
  it('end an approval once, and not before its time', async () => {
    const { sessions } = await insertFleet(owner(), { agents: 10, sessionsEach: 1 });
    await startWorkers(2);
    const ids = await Promise.all(sessions.map((session, i) => ask(session, 1_600 + 130 * i)));
    await vi.waitFor(async () => {
      const [open] = await sql.rows<{ n: number }>(`SELECT count(*)::int AS n FROM approval WHERE state = 'pending'`);
      expect(open?.n).toBe(0);
    }, { timeout: 30_000, interval: 100 });
    const ended = await sql.rows<{ state: string; late: number }>('SELECT state, extract(epoch FROM decided_at - decide_by)::float * 1000 AS late FROM approval WHERE id = ANY($1::uuid[])', [ids]);
    expect(ended.every(({ state, late }) => state === 'expired' && late >= 0)).toBe(true);
    const late = ended.map((row) => row.late).sort((a, b) => a - b);
    console.info(`approvals ended ${late[Math.floor(late.length / 2)]!.toFixed(0)} ms after their time in the middle, ${late.at(-1)!.toFixed(0)} ms at worst`);
    const events = await sql.rows<{ n: number }>(`SELECT count(*)::int AS n FROM log.event WHERE type = 'approval.expired' GROUP BY stream`);
    expect(events.map(({ n }) => n)).toEqual(ids.map(() => 1));
    const actions = await sql.rows(`SELECT 1 FROM action WHERE code = 'approval.expired' AND decision = 'deny'`);
    expect(actions).toHaveLength(ids.length);
  });

  it('do not let one approval that cannot be ended keep the others open', async () => {
    const { sessions } = await insertFleet(owner(), { agents: 2, sessionsEach: 1 });
    const broken = await ask(sessions[0]!, -1_000);
    await owner().rows(`UPDATE approval SET route = '{}' WHERE id = $1`, [broken]);
    const good = await ask(sessions[1]!, -500);
    await startWorkers(1);
    await vi.waitFor(async () => expect(await sql.rows('SELECT state FROM approval WHERE id = $1', [good])).toEqual([{ state: 'expired' }]), { timeout: 30_000 });
    await owner().rows('UPDATE approval SET route = $2 WHERE id = $1', [broken, ROUTE]);
    await vi.waitFor(async () => expect(await sql.rows('SELECT state FROM approval WHERE id = $1', [broken])).toEqual([{ state: 'expired' }]), { timeout: 30_000 });
  });

  it('lose the sessions of a lease that nobody renewed', async () => {
    const { sessions } = await insertFleet(owner(), { agents: 1, sessionsEach: 2, leaseMs: -5_000 });
    await startWorkers(2);
    await vi.waitFor(async () => expect(await sql.rows('SELECT DISTINCT state FROM session WHERE id = ANY($1::uuid[])', [sessions.map((one) => one.id)])).toEqual([{ state: 'lost' }]), { timeout: 30_000 });
    expect(await sql.rows(`SELECT 1 FROM log.event WHERE type = 'session.lost' AND stream = ANY($1)`, [sessions.map((one) => `session/${one.id}`)])).toHaveLength(2);
  });

  it('sign a checkpoint on every stop, at once, and hand it to the file', async () => {
    const { sessions } = await insertFleet(owner(), { agents: 1, sessionsEach: 2 });
    await startWorkers(2);
    const newest = async () => (await sql.rows<{ idx: number }>('SELECT coalesce(max(idx), 0)::int AS idx FROM log.checkpoint'))[0]!.idx;
    await vi.waitFor(async () => expect(await newest()).toBeGreaterThan(0), { timeout: 30_000 });
    const before = await newest();
    await engageSwitch(ctx, { scope: 'session', target: sessions[0]!.id, reason: 'a test' });
    await vi.waitFor(async () => {
      const rows = await sql.rows<{ heads: string }>('SELECT heads FROM log.checkpoint WHERE idx > $1', [before]);
      expect(rows.some(({ heads }) => heads.includes('org/switches'))).toBe(true);
    }, { timeout: 30_000, interval: 20 });
    await vi.waitFor(async () => {
      const [row] = await sql.rows<{ n: number }>(`SELECT count(*)::int AS n FROM log.checkpoint c WHERE NOT EXISTS (SELECT 1 FROM log.anchor_receipt r WHERE r.checkpoint_idx = c.idx AND r.anchor = 'file' AND r.ok)`);
      expect(row?.n).toBe(0);
    }, { timeout: 30_000, interval: 20 });
    // The stop is worked off here as well, whether control is there or not.
    await vi.waitFor(async () => expect(await sql.rows('SELECT id, state FROM session WHERE id = ANY($1::uuid[]) ORDER BY state', [sessions.map((one) => one.id)])).toEqual([{ id: sessions[1]!.id, state: 'open' }, { id: sessions[0]!.id, state: 'stopped' }]), { timeout: 30_000, interval: 100 });
  });

  it('go on by themselves when the database was away', async () => {
    const { sessions } = await insertFleet(owner(), { agents: 1, sessionsEach: 1 });
    await startWorkers(2);
    const id = await ask(sessions[0]!, 1_500);
    link.cut();
    // Its time passes while nobody can write that down.
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    await link.restore();
    await vi.waitFor(async () => expect(await sql.rows('SELECT state FROM approval WHERE id = $1', [id])).toEqual([{ state: 'expired' }]), { timeout: 30_000, interval: 100 });
  });
});
