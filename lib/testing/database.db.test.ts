import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrationState } from '@/lib/db/migrate';
import { createTestDatabase, type TestDatabase } from './database';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try { return (await client.query(text)).rows; } finally { await client.end(); }
}

describe('createTestDatabase', () => {
  let one: TestDatabase;
  let other: TestDatabase;
  beforeAll(async () => { [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]); });
  afterAll(async () => { await Promise.all([one.drop(), other.drop()]); });

  it('is migrated, and what one test writes another does not see', async () => {
    expect(await migrationState(one.url)).toEqual({ kind: 'current' });
    await query(one.url, `CREATE TABLE mine (x int)`);
    await expect(query(other.url, 'SELECT * FROM mine')).rejects.toMatchObject({ code: '42P01' });
  });

  it('gives each process its own grants', async () => {
    expect(await query(one.urlAs('gateway'), 'SELECT count(*)::int AS n FROM session')).toEqual([{ n: 0 }]);
    await expect(query(one.urlAs('gateway'), 'SELECT password_hash FROM person')).rejects.toMatchObject({ code: '42501' });
  });

  it.each(['gateway', 'console', 'control', 'worker', 'retention'] as const)('%s cannot change, delete or truncate events', async (role) => {
    for (const statement of [`UPDATE log.event SET body = ''`, 'DELETE FROM log.event', 'TRUNCATE log.event', `UPDATE log.checkpoint SET root = ''`, 'DELETE FROM log.stream', 'ALTER TABLE log.event DISABLE TRIGGER ALL']) {
      await expect(query(one.urlAs(role), statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });
});
