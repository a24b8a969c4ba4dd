import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { readEnv } from '@/lib/env';
import { anchorFile, Checkpoints, fileAnchor } from '@/lib/log';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { afterMigrate } from './after-migrate';

let before: TestDatabase;
let restored: TestDatabase;
const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-restored-'));
const env = readEnv({ DATA_DIR: dataDir, COUNTERSIGN_ADMIN_EMAIL: 'admin@example.org', COUNTERSIGN_ADMIN_PASSWORD: 'violet harbour lantern 7' });
beforeAll(async () => { [before, restored] = await Promise.all([createTestDatabase(), createTestDatabase()]); });
afterAll(async () => {
  await closePrisma();
  await closePools();
  await Promise.all([before.drop(), restored.drop()]);
  rmSync(dataDir, { recursive: true, force: true });
});

it('a database that is older than its anchor starts stopped, once, and says so', async () => {
  process.env.DATABASE_URL = before.url;
  const keys = new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['checkpoint'] });
  await new Checkpoints(keys, () => {}).sign(makeContext({ kind: 'system', process: 'worker' }));
  await fileAnchor(anchorFile(dataDir), async () => {}).handOver();
  await closePools();
  const stops = () => sql.rows<{ scope: string; reason: string }>(`SELECT scope, reason FROM switch_order WHERE state <> 'released'`);
  expect((await afterMigrate(env, before.url)).join()).not.toContain('STOPPED');
  process.env.DATABASE_URL = before.url;
  expect(await stops()).toEqual([]);
  await closePools();

  // Another database under the same folder, as after a restore from the day before.
  expect((await afterMigrate(env, restored.url)).join('\n')).toContain('STOPPED');
  process.env.DATABASE_URL = restored.url;
  expect(await stops()).toEqual([{ scope: 'global', reason: expect.stringContaining('restored from a backup') }]);
  expect(await sql.rows(`SELECT 1 FROM log.event WHERE type = 'log.set_back_found'`)).toHaveLength(1);
  expect((await afterMigrate(env, restored.url)).join()).not.toContain('STOPPED');
  // A file that somebody wrote into is no reason to go on as if it weren't there.
  await fileAnchor(anchorFile(dataDir), async () => {}).handOver();
  appendFileSync(anchorFile(dataDir), '{"index":"one"}\n');
  await expect(afterMigrate(env, restored.url)).rejects.toThrow(/anchor file/);
});
