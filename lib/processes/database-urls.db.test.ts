import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readEnv } from '@/lib/env';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { openDatabase } from './supervisor-database';

const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-urls-'));
let db: TestDatabase;
beforeAll(async () => { db = await createTestDatabase(); });
afterAll(async () => {
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function run(url: string, statement: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try { await client.query(statement); return 'allowed'; } catch (error) { return (error as { code: string }).code; } finally { await client.end(); }
}

it('the owner migrates by MIGRATION_DATABASE_URL, and processes get DATABASE_URL, a lesser login, where no roles of their own can be made', async () => {
  // As if the last migration were still to come: a lesser login could not carry it out.
  expect(await run(db.urlAs('gateway'), 'CREATE TABLE mine (id int)')).toBe('42501');
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  // The roles exist and their passwords are another folder's: they are left alone.
  const database = await openDatabase(readEnv({ DATA_DIR: dataDir, MIGRATION_DATABASE_URL: db.url, DATABASE_URL: db.urlAs('worker') }), () => {});
  const text = said.mock.calls.map(([chunk]) => String(chunk)).join('');
  said.mockRestore();
  try {
    expect(database.ownerUrl).toBe(db.url);
    expect(database.roles).toMatchObject({ kind: 'shared', url: db.urlAs('worker') });
    expect(text).toMatch(/append-only then rests on its checkpoints/);
    expect(text).not.toContain(new URL(db.url).password);
    expect(database.roles.kind === 'shared' && (await run(database.roles.url, 'DELETE FROM log.event'))).toBe('42501');
    expect(await run(database.ownerUrl, 'CREATE TABLE mine (id int)')).toBe('allowed');
  } finally {
    await database.stop();
  }
});

it('a single DATABASE_URL works for all, and the start says what append-only then rests on', async () => {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const database = await openDatabase(readEnv({ DATA_DIR: dataDir, DATABASE_URL: db.url }), () => {});
  const text = said.mock.calls.map(([chunk]) => String(chunk)).join('');
  said.mockRestore();
  await database.stop();
  expect(database.roles).toMatchObject({ kind: 'shared', url: db.url });
  expect(text).toMatch(/append-only then rests on its checkpoints/);
});
