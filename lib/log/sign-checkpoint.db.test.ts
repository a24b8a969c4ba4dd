import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, sql, sqlTransaction } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { NO_CHECKPOINT, verifyCheckpoint } from './checkpoint-rules';
import { organisationEvent, sessionEvent } from './event';
import { record } from './record';
import { Checkpoints } from './sign-checkpoint';

let db: TestDatabase;
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-checkpoints-'));
const keys = new FileKeys({ folder, holds: ['checkpoint'] });
const ctx = makeContext({ kind: 'system', process: 'worker' });
const troubles: string[] = [];
const signer = () => new Checkpoints(keys, (what) => troubles.push(what));
const happen = (sessionId = newId()) => sqlTransaction((tx) => record(tx, ctx, [sessionEvent(sessionId, 'session.closed', { outcome: 'completed', summary: null })]));

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('worker');
});
afterAll(async () => {
  await closePools();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('checkpoints', () => {
  it('are signed, chained, and none where nothing moved', async () => {
    const mine = signer();
    const empty = await mine.sign(ctx);
    expect(empty.checkpoint).toMatchObject({ index: 1, previous: NO_CHECKPOINT, treeSize: 0 });
    const session = newId();
    await happen(session);
    const second = await mine.sign(ctx);
    expect(second.checkpoint).toMatchObject({ index: 2, previous: empty.hash, treeSize: 1 });
    expect(verifyCheckpoint(second.jws, keys.verificationKeys('checkpoint'))).toMatchObject({ ok: true, hash: second.hash });
    expect(await mine.sign(ctx)).toEqual(second);
    await happen(session);
    expect((await mine.sign(ctx)).checkpoint).toMatchObject({ index: 3, previous: second.hash, treeSize: 1 });
    // A quiet log is vouched for all the same, now and then.
    const later = { ...ctx, now: () => new Date(Date.now() + 3_600_000) };
    expect((await mine.sign(later)).checkpoint.index).toBe(4);
  });

  it('are one chain also when several workers sign at once, and a worker that starts anew goes on from there', async () => {
    const workers = [signer(), signer(), signer()];
    const before = (await workers[0]!.sign(ctx)).checkpoint.index;
    await Promise.all(Array.from({ length: 60 }, async (_, i) => {
      await happen();
      await workers[i % 3]!.sign(ctx);
    }));
    await happen();
    const last = await signer().sign(ctx);
    const rows = await sql.rows<{ idx: bigint; previous: string; hash: string }>('SELECT idx, previous, hash FROM log.checkpoint ORDER BY idx');
    expect(rows.map(({ idx }) => Number(idx))).toEqual(rows.map((_, i) => i + 1));
    expect(rows.length).toBeGreaterThan(before + 1);
    for (const [i, row] of rows.entries()) if (i > 0) expect(row.previous).toBe(rows[i - 1]!.hash);
    // Whoever kept a tree all along and whoever built one just now agree.
    expect((await workers[1]!.sign(ctx)).hash).toBe(last.hash);
    const [{ n }] = await sql.rows<{ n: number }>('SELECT count(*)::int AS n FROM log.stream') as [{ n: number }];
    expect(last.checkpoint.treeSize).toBe(n);
    expect(troubles).toEqual([]);
  });

  it('cover a transaction that began before one and committed after it', async () => {
    const mine = signer();
    const slow = new pg.Client({ connectionString: db.urlAs('worker') });
    await slow.connect();
    await slow.query('BEGIN');
    const late = newId();
    await record({ rows: async (text, params = []) => (await slow.query(text, params as unknown[])).rows }, ctx, [sessionEvent(late, 'session.closed', { outcome: 'completed', summary: null })]);
    await happen();
    const first = await mine.sign(ctx);
    await slow.query('COMMIT');
    await slow.end();
    expect((await mine.sign(ctx)).checkpoint.treeSize).toBe(first.checkpoint.treeSize + 1);
  });

  it('tell of a stream that was set back, and go on vouching for what was there', async () => {
    const mine = signer();
    const session = newId();
    await happen(session);
    await happen(session);
    const { checkpoint } = await mine.sign(ctx);
    const owner = new pg.Client({ connectionString: db.url });
    await owner.connect();
    await owner.query('ALTER TABLE log.stream DISABLE TRIGGER ALL; ALTER TABLE log.event DISABLE TRIGGER ALL');
    await owner.query(`DELETE FROM log.event WHERE stream = $1 AND seq = 2`, [`session/${session}`]);
    await owner.query(`UPDATE log.stream SET last_seq = 1, head = (SELECT hash FROM log.event WHERE stream = $1) WHERE id = $1`, [`session/${session}`]);
    await owner.end();
    await happen();
    // One that has watched all along looks at what has moved; one that starts looks at everything.
    const fresh = await signer().sign(ctx);
    expect(troubles).toEqual([expect.stringContaining(`session/${session} was set back`)]);
    expect(fresh.checkpoint.index).toBe(checkpoint.index + 1);
    const recorded = await sql.rows(`SELECT 1 FROM log.event WHERE type = 'log.trouble_found'`);
    expect(recorded).toHaveLength(1);
    troubles.length = 0;
  });

  it('are built from what was signed when the shortcut beside them was changed', async () => {
    await sql.rows(`UPDATE log.covered SET head = repeat('a', 64) WHERE stream = (SELECT min(stream) FROM log.covered)`);
    const mine = signer();
    await sqlTransaction((tx) => record(tx, ctx, [organisationEvent('demo.started', { runId: 'x' })]));
    await mine.sign(ctx);
    expect(troubles[0]).toContain('does not fit the signed root');
    troubles.length = 0;
    // Its tree is the right one: another worker that reads all checkpoints comes to the same.
    await sqlTransaction((tx) => record(tx, ctx, [organisationEvent('demo.started', { runId: 'y' })]));
    const signed = await mine.sign(ctx);
    expect(signed.checkpoint.treeSize).toBe((await signer().sign(ctx)).checkpoint.treeSize);
    // The shortcut is mended; what was set back stays to be told.
    expect(troubles).toEqual([expect.stringContaining('was set back')]);
  });
});
