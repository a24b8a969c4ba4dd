import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, pool, sqlOf } from '@/lib/db';
import { startEmbedded, type EmbeddedServer } from '@/lib/db/embedded';
import { ensureOwnDatabase } from '@/lib/db/embedded-database';
import { record, sessionEvent } from '@/lib/log';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import { commandLine, startWorker, type RunningWorker } from '@/lib/testing/running-worker';

/** More transactions than a new server has counted when it is first asked. */
const TRANSACTIONS = 1_600;
const base = mkdtempSync(path.join(tmpdir(), 'cs-restore-'));
const [here, there] = [path.join(base, 'here'), path.join(base, 'there')];
const worker = makeContext({ kind: 'system', process: 'worker' });
let db: TestDatabase;
let running: RunningWorker;
let server: EmbeddedServer | undefined;
const owner = () => sqlOf(pool(db.url));

beforeAll(async () => {
  // A Postgres that root starts runs as somebody else, who has to reach its folder.
  chmodSync(base, 0o755);
  db = await createTestDatabase();
  running = await startWorker(db.urlAs('worker'), { dataDir: here, env: { MIGRATION_DATABASE_URL: db.url, RETENTION_DATABASE_URL: db.urlAs('retention') } });
}, 60_000);
afterAll(async () => {
  await running.stop();
  await server?.stop();
  await closePools();
  await db.drop();
  rmSync(base, { recursive: true, force: true });
});

/** The command line of the other installation, with a database of its own and nothing of this one's. */
const elsewhere = (...argv: string[]) => commandLine(argv, { ...process.env, DATA_DIR: there, DATABASE_URL: '', MIGRATION_DATABASE_URL: '', LOG_LEVEL: 'warn', NODE_ENV: 'production' });

it('sessions are erased and backed up on one machine, and restored on another, which verifies and stands still', async () => {
  const { sessions } = await insertFleet(owner(), { agents: 1, sessionsEach: 16 });
  await Promise.all(sessions.map(async ({ id }) => {
    for (let n = 0; n < TRANSACTIONS / sessions.length; n++) await record(owner(), worker, [sessionEvent(id, 'session.closed', { outcome: String(n), summary: null })]);
  }));
  const ended = sessions[0]!.id;
  await owner().rows(`UPDATE session SET state = 'closed', ended_at = now() WHERE id = $1`, [ended]);
  await owner().rows(`INSERT INTO session_key (session_id, wrapped, wrapping_key_id) VALUES ($1, 'w', 'k')`, [ended]);
  await owner().rows(`INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes) VALUES (gen_random_uuid(), $1, 'args', 'sealed', 'salt', 'mac', 5)`, [ended]);

  expect(await running.countersign('session', 'erase', sessions[1]!.id, '--reason', 'a test')).toMatchObject({ code: 1, err: expect.stringContaining('has not ended') });
  expect(await running.countersign('session', 'erase', ended)).toMatchObject({ code: 2, err: expect.stringContaining('--reason') });
  expect((await running.countersign('session', 'erase', ended, '--reason', 'the customer asked for it', '--json')).json).toMatchObject({ ok: true, payloads: 1 });

  const key = (await running.countersign('keys', 'show', 'checkpoint')).out.trim();
  const file = path.join(base, 'all.backup');
  const made = await running.countersign('backup', '--out', file, '--json');
  expect(made).toMatchObject({ code: 0, json: { ok: true, file, events: expect.any(Number), eventsPerSecond: expect.any(Number) } });
  expect(await running.countersign('backup', '--out', file)).toMatchObject({ code: 1, err: expect.stringContaining('replaces nothing') });
  // It goes on, and what happens now is not in the file.
  await record(owner(), worker, [sessionEvent(sessions[2]!.id, 'session.closed', { outcome: 'later', summary: null })]);

  expect(await elsewhere('restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('Put the keys that were backed up apart there first') });
  cpSync(path.join(here, 'keys'), path.join(there, 'keys'), { recursive: true });
  const restored = await elsewhere('restore', file, '--json');
  expect(restored, restored.out + restored.err).toMatchObject({ code: 0, json: { ok: true, events: made.json.events, tokensEnded: 0 } });
  expect(await elsewhere('restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('not empty') });

  server = await startEmbedded({ dataDir: there, durable: false });
  const url = await ensureOwnDatabase(server.superuserUrl, there);
  const restoredRows = sqlOf(pool(url));
  expect(await restoredRows.rows(`SELECT scope, state, reason FROM switch_order`)).toEqual([{ scope: 'global', state: 'engaged', reason: expect.stringContaining(`Restored from a backup of ${String(made.json.madeAt)}`) }]);
  // This server had counted fewer transactions than wrote those events; all of them are behind its feed's edge all the same.
  expect(await restoredRows.rows(`SELECT count(*)::int AS hidden FROM log.event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())`)).toEqual([{ hidden: 0 }]);
  const other = await startWorker(url, { dataDir: there });
  try {
    const exported = path.join(base, 'restored.ndjson');
    expect((await other.countersign('log', 'export', '--out', exported, '--json')).json).toMatchObject({ ok: true });
    const verified = await other.countersign('verify', exported, '--key', key, '--json');
    expect(verified).toMatchObject({ code: 0, json: { ok: true, status: 'verified', sentence: expect.stringContaining('1 payload erased') } });
  } finally {
    await other.stop();
  }
  expect(existsSync(`${file}.part`)).toBe(false);
}, 240_000);
