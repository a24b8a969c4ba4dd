import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closePools, sql } from '@/lib/db';
import { hashSecret } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { startWorker, type RunningWorker } from '@/lib/testing/running-worker';
import { runCommandLine } from './commands';

let db: TestDatabase;
let worker: RunningWorker;
let dataDir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-key-'));
  process.env.DATABASE_URL = db.urlAs('console');
  process.env.DATA_DIR = dataDir;
  worker = await startWorker(db.urlAs('worker'), { dataDir });
});
afterAll(async () => {
  await worker.stop();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function countersign(...argv: string[]) {
  const said = { out: '', err: '' };
  const code = await runCommandLine(argv, { out: (text) => { said.out += text; }, err: (text) => { said.err += text; } });
  return { code, ...said };
}

it('makes, shows and revokes control keys, and keeps only their hash', async () => {
  const made = JSON.parse((await countersign('control-key', 'create', '--name', 'pager', '--scopes', 'session,global', '--json')).out) as { id: string; key: string };
  expect(made).toMatchObject({ ok: true, name: 'pager', scopes: ['session', 'global'], environments: ['local'], key: expect.stringMatching(/^csk_ctl_/) });
  expect(await sql.rows('SELECT hash FROM control_key')).toEqual([{ hash: hashSecret(made.key) }]);
  expect((await countersign('control-key', 'list')).out).toMatch(/pager {2}session,global {2}local {9}active/);
  expect((await countersign('control-key', 'list', '--json')).out).not.toContain(made.key);
  expect(await countersign('control-key', 'revoke', 'pager')).toMatchObject({ code: 0 });
  expect(await countersign('control-key', 'revoke', made.id)).toMatchObject({ code: 1, err: expect.stringContaining('revoked already') });
  expect((await countersign('control-key', 'list')).out).toContain('revoked 2');
  expect((await countersign('control-key', 'create', '--name', 'x')).code).toBe(2);
  expect((await countersign('control-key', 'create', '--name', 'x', '--scopes', 'galaxy')).code).toBe(2);
  const recorded = await sql.rows<{ type: string; body: string }>(`SELECT type, body FROM log.event WHERE type LIKE 'control_key.%' ORDER BY seq`);
  expect(recorded.map((row) => row.type)).toEqual(['control_key.created', 'control_key.revoked']);
  expect(recorded[0]!.body).not.toContain(made.key);
});
