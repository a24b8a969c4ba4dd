import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql, sqlTransaction } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { verifySessionChain } from '@/lib/sessions';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { Checkpoints, lastEventAt, listStreams, readFeed, recentEvents, record, sessionEvent, organisationEvent, verifyLog } from '.';

const ctx = makeContext({ kind: 'system', process: 'worker' });
const sessionId = newId();
let db: TestDatabase;
let folder: string;
let keys: FileKeys;

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('worker');
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-keys-'));
  keys = new FileKeys({ folder, holds: ['checkpoint'] });
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

const note = (text: string) => sqlTransaction((tx) => record(tx, ctx, [sessionEvent(sessionId, 'session.closed', { outcome: text, summary: null })]));
const outcomes = (events: readonly { data: unknown }[]) => events.map((event) => (event.data as { outcome?: string }).outcome);

it('reads the newest first and pages on, also where transaction numbers get a digit more', async () => {
  await note('before');
  const digits = async () => ((await sql.rows<{ n: number }>('SELECT length(pg_current_xact_id()::text)::int AS n'))[0]!.n);
  const from = await digits();
  for (let burnt = 0; (await digits()) === from && burnt < 20_000; burnt += 1);
  for (const text of ['one', 'two', 'three']) await note(text);
  expect(outcomes(await recentEvents({ limit: 10 }))).toEqual(['three', 'two', 'one', 'before']);
  const [, second] = await recentEvents({ limit: 2 });
  expect(outcomes(await recentEvents({ before: second!.place, limit: 10 }))).toEqual(['one', 'before']);
  expect(outcomes(await recentEvents({ stream: `session/${sessionId}`, before: second!.place, limit: 10 }))).toEqual(['one', 'before']);
  // The feed waits for every older transaction of the server, those of other databases among them.
  await expect.poll(async () => outcomes((await readFeed(undefined, 10)).events), { timeout: 30_000 }).toEqual(['before', 'one', 'two', 'three']);
  expect(await lastEventAt()).toBe((await recentEvents({ limit: 1 }))[0]!.recordedAt);
  // A place that nobody was given leads nowhere in particular.
  expect(outcomes(await recentEvents({ before: "1_1_x'; DROP TABLE person", limit: 1 }))).toEqual(['three']);
}, 60_000);

it('says how much there is, by stream', async () => {
  await sqlTransaction((tx) => record(tx, ctx, [organisationEvent('process.started', { process: 'test', pid: 1, version: '0' })]));
  expect(await listStreams()).toMatchObject({ total: 5, sessions: 1, streams: [{ id: 'org/system', events: 1 }] });
});

it('finds that the log holds, and names what was changed behind its back', async () => {
  const signed = await new Checkpoints(keys, () => {}).sign(ctx);
  const holds = await verifyLog(keys.verificationKeys('checkpoint'), new Date());
  expect(holds).toMatchObject({ streams: 2, checkpoint: signed.checkpoint.index, findings: [] });
  expect(holds.keyId).not.toBe('');
  expect(await verifySessionChain(sessionId, new Date())).toEqual({ kind: 'verified', to: 4 });

  const owner = new pg.Client({ connectionString: db.url });
  await owner.connect();
  try {
    await owner.query('ALTER TABLE log.event DISABLE TRIGGER USER');
    const partitions = await owner.query<{ name: string }>(`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'log.event'::regclass`);
    for (const { name } of partitions.rows) await owner.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    await owner.query(`UPDATE log.event SET body = replace(body, '"two"', '"2wo"') WHERE stream = $1 AND seq = 3`, [`session/${sessionId}`]);
  } finally {
    await owner.end();
  }
  const broken = await verifyLog(keys.verificationKeys('checkpoint'), new Date());
  expect(broken.findings).toEqual([expect.stringContaining(`Event 3 of session/${sessionId} does not match its hash`)]);
  // What was checked a moment ago is taken at its word, and no longer than a minute.
  expect(await verifySessionChain(sessionId, new Date(Date.now() + 61_000))).toMatchObject({ kind: 'broken', at: 3 });
});

it('trusts no checkpoint that another key signed', async () => {
  const other = mkdtempSync(path.join(tmpdir(), 'countersign-keys-'));
  try {
    const { findings } = await verifyLog(new FileKeys({ folder: other, holds: ['checkpoint'] }).verificationKeys('checkpoint'), new Date());
    expect(findings.join(' ')).toContain('is not signed by a key of ours');
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});
