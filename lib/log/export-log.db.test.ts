import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext, recordedActor } from '@/lib/context';
import { closePools, pool, sql, sqlOf, sqlTransaction } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import { BatchWriter } from './batch-writer';
import { GENESIS_HEAD } from './chain';
import { sessionEvent } from './event';
import { exportLog, type ExportAbout } from './export-log';
import { record } from './record';
import { Checkpoints } from './sign-checkpoint';
import { verifyExport, type VerifyResult } from './verify-export';

let db: TestDatabase;
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-export-'));
const keys = new FileKeys({ folder: path.join(folder, 'keys'), holds: ['checkpoint'] });
const ctx = makeContext({ kind: 'system', process: 'worker' });
const checkpoints = new Checkpoints(keys, () => {});
const happening = (id: string) => sessionEvent(id, 'session.closed', { outcome: 'completed', summary: 'ümlaut “quoted” \u2028' });

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('worker');
});
afterAll(async () => {
  await closePools();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function exported(signer = checkpoints): Promise<{ about: ExportAbout; chunks: Buffer[]; result: VerifyResult }> {
  const chunks: Buffer[] = [];
  const about = await exportLog(ctx, { checkpoints: signer, keys, source: 'test' }, {}, async (chunk) => { chunks.push(chunk); });
  const result = await verifyExport((async function* () { yield* chunks; })(), { keys: keys.verificationKeys('checkpoint') });
  return { about, chunks, result };
}

/** The gate's writer at work on some sessions until told to stop; returns how much it wrote. */
function writeAllAlong(perSecond: number): { written(): number; stop(): Promise<number> } {
  const writer = new BatchWriter(() => {}, db.urlAs('gateway'));
  const sessions = Array.from({ length: 40 }, newId);
  let written = 0;
  const waiting: Promise<unknown>[] = [];
  const begun = sql.rows('INSERT INTO log.stream (id) SELECT unnest($1::text[])', [sessions.map((id) => `session/${id}`)]).then(() => {
    for (const id of sessions) writer.place(`session/${id}`, { seq: 0, head: GENESIS_HEAD });
  });
  const timer = setInterval(() => void begun.then(() => {
    for (let i = 0; i < perSecond / 50; i++) {
      const id = sessions[Math.floor(Math.random() * sessions.length)]!;
      waiting.push(writer.append(`session/${id}`, null, recordedActor(ctx.actor), () => ({ events: [happening(id)] })).then((appended) => { if (appended.kind === 'written') written++; }));
    }
  }), 20);
  return {
    written: () => written,
    async stop() {
      clearInterval(timer);
      await Promise.all(waiting);
      await writer.close();
      return written;
    },
  };
}

describe('an export', () => {
  it('made while 500 events a second are recorded agrees with itself, again and again', async () => {
    const writing = writeAllAlong(500);
    const counts: number[] = [];
    while (writing.written() < 600) {
      const { about, result } = await exported();
      expect(result).toMatchObject({ status: 'verified', summary: { events: about.events, streams: about.streams, last: { index: about.checkpoint } } });
      counts.push(about.events);
    }
    const written = await writing.stop();
    expect(counts.length).toBeGreaterThan(2);
    const { about, result } = await exported();
    expect(result.status).toBe('verified');
    // Everything is in it, the exports before it included.
    expect(about.events).toBe(written + counts.length);
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    expect(await sql.rows(`SELECT 1 FROM log.event WHERE type = 'log.exported'`)).toHaveLength(counts.length + 1);
  });

  it('says of each sealed text whether it is still there, and never the text', async () => {
    const gateway = sqlOf(pool(db.url));
    const { sessions } = await insertFleet(gateway, { agents: 1, sessionsEach: 1 });
    const [kept, erased] = [newId(), newId()];
    for (const id of [kept, erased]) await gateway.rows(`INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, erased_at) VALUES ($1, $2, 'args', 'SECRETBYTES', 'salt', 'mac', 11, $3)`, [id, sessions[0]!.id, id === erased ? new Date() : null]);
    const { result, chunks } = await exported();
    expect(result).toMatchObject({ status: 'verified', summary: { payloads: 2, erasedPayloads: 1 } });
    const text = Buffer.concat(chunks).toString('utf8');
    expect(text).toContain(kept);
    expect(text).not.toMatch(/SECRETBYTES|U0VDUkVUQllURVM/);
  });

  it('holds little at a time, however long the log is', async () => {
    const id = newId();
    for (let i = 0; i < 10; i++) await sqlTransaction((tx) => record(tx, ctx, Array.from({ length: 500 }, () => happening(id))));
    const sizes: number[] = [];
    await exportLog(ctx, { checkpoints, keys, source: 'test' }, {}, async (chunk) => { sizes.push(chunk.length); });
    expect(sizes.length).toBeGreaterThan(20);
    expect(Math.max(...sizes)).toBeLessThan(256 * 1024);
  });
});

describe('what a superuser changes in the database', () => {
  const session = newId();
  const stream = `session/${session}`;
  async function tampered(statement: string, params: unknown[] = []): Promise<VerifyResult> {
    const owner = new pg.Client({ connectionString: db.url });
    await owner.connect();
    await owner.query('BEGIN; ALTER TABLE log.event DISABLE TRIGGER USER; ALTER TABLE log.checkpoint DISABLE TRIGGER USER; ALTER TABLE log.stream DISABLE TRIGGER USER');
    try {
      await owner.query(statement, params);
      // As it would be after a restart of the worker: nothing is remembered.
      await owner.query('COMMIT');
      return (await exported(new Checkpoints(keys, () => {}))).result;
    } finally {
      await owner.query('ROLLBACK').catch(() => {});
      await owner.end();
    }
  }
  const kinds = (result: VerifyResult) => (result.status === 'verified' ? [] : result.findings.map(({ kind }) => kind));

  it('is named: a changed body, an event taken out, a cut end, a checkpoint taken out', async () => {
    await sqlTransaction((tx) => record(tx, ctx, Array.from({ length: 9 }, () => happening(session))));
    expect((await exported()).result.status).toBe('verified');
    await sqlTransaction((tx) => record(tx, ctx, [happening(newId())]));
    await checkpoints.sign(ctx);

    const changed = await tampered(`UPDATE log.event SET body = replace(body, 'completed', 'abandoned') WHERE stream = $1 AND seq = 4`, [stream]);
    expect(changed).toMatchObject({ status: 'failed', findings: [{ kind: 'event_changed', stream, seq: 4 }] });
    await tampered(`UPDATE log.event SET body = replace(body, 'abandoned', 'completed') WHERE stream = $1 AND seq = 4`, [stream]);

    const cut = await tampered('DELETE FROM log.event WHERE stream = $1 AND seq > 7', [stream]);
    expect(cut).toMatchObject({ status: 'failed', findings: [{ kind: 'stream_cut', stream, from: 8, to: 9 }] });
    const rewound = await tampered('UPDATE log.stream SET last_seq = 7, head = (SELECT hash FROM log.event WHERE stream = $1 AND seq = 7) WHERE id = $1', [stream]);
    expect(kinds(rewound)).toEqual(['stream_cut']);
    const taken = await tampered('DELETE FROM log.event WHERE stream = $1 AND seq = 2', [stream]);
    expect(kinds(taken)).toEqual(expect.arrayContaining(['event_missing', 'stream_cut']));
    const unsigned = await tampered('DELETE FROM log.anchor_receipt; DELETE FROM log.checkpoint WHERE idx = 2');
    expect(kinds(unsigned)).toContain('checkpoint_missing');
  });
});
