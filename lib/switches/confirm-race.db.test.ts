import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import { applySwitch, controlKeysFrom, engageSwitch, updateFence } from '.';

let database: TestDatabase;
const folder = mkdtempSync(path.join(tmpdir(), 'confirm-race-'));
const keys = controlKeysFrom(new FileKeys({ folder, holds: ['control/order'] }));
const host = makeContext({ kind: 'host', user: 'root' });
const control = makeContext({ kind: 'system', process: 'control' });
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

it('an order is never confirmed in the moment in which its session is being stopped, since nothing proves that one stopped', async () => {
  const rounds = 48;
  const fleet = await insertFleet(sql, { agents: rounds, sessionsEach: 1 });
  const orders: string[] = [];
  const stopOne = async (target: string) => {
    const { id } = await engageSwitch(host, { scope: 'agent', target });
    orders.push(id);
    await updateFence(control, id, keys);
    // Its session is stopped while others look, as control and worker do side by side.
    let over = false;
    const look = async () => { while (!over) await updateFence(control, id, keys); };
    const looking = [look(), look()];
    await applySwitch(control, id, keys);
    over = true;
    await Promise.all(looking);
  };
  for (let from = 0; from < rounds; from += 4) await Promise.all(fleet.agents.slice(from, from + 4).map(stopOne));
  const confirmed = await sql.rows('SELECT id FROM switch_order WHERE id = ANY($1::uuid[]) AND confirmed_at IS NOT NULL', [orders]);
  expect(confirmed).toEqual([]);
  expect(await sql.rows('SELECT count(*)::int AS n FROM switch_target WHERE fenced_at IS NOT NULL AND confirmed_at IS NULL')).toEqual([{ n: rounds }]);
});
