import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext, type Role } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { recentEvents } from '@/lib/log';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { engageSwitch, getOrder, giveReason } from '.';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('console');
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

const as = (...roles: Role[]) => makeContext({ kind: 'person', id: newId(), name: 'Mara', email: 'mara@example.org', roles, via: 'console' });

it('keeps why something was stopped, with every word on the record', async () => {
  const order = await engageSwitch(as('responder'), { scope: 'agent', target: newId() });
  expect(await giveReason(as('analyst'), { orderId: order.id, reason: '  Wrong data ' })).toMatchObject({ id: order.id, reason: 'Wrong data', state: { state: 'engaged' } });
  await giveReason(as('responder'), { orderId: order.id, reason: 'Prompt injection' });
  expect((await getOrder(order.id))!.order.reason).toBe('Prompt injection');
  const said = (await recentEvents({ stream: 'org/switches', limit: 10 })).filter((event) => event.type === 'switch.reason_given').map((event) => event.data);
  expect(said).toEqual([{ orderId: order.id, reason: 'Prompt injection' }, { orderId: order.id, reason: 'Wrong data' }]);
});

it('is refused to whoever may not stop, without a word, and for what was never stopped', async () => {
  const order = await engageSwitch(as('responder'), { scope: 'session', target: newId() });
  const code = (attempt: Promise<unknown>) => attempt.then(() => 'fine', (error: { code?: string }) => error.code);
  expect(await code(giveReason(as('viewer'), { orderId: order.id, reason: 'x' }))).toBe('forbidden');
  expect(await code(giveReason(makeContext({ kind: 'agent', id: newId(), name: 'a', instanceId: 'i' }), { orderId: order.id, reason: 'x' }))).toBe('forbidden');
  expect(await code(giveReason(as('responder'), { orderId: order.id, reason: '   ' }))).toBe('invalid');
  expect(await code(giveReason(as('responder'), { orderId: newId(), reason: 'x' }))).toBe('not_found');
  expect(await sql.rows('SELECT reason FROM switch_order WHERE id = $1', [order.id])).toEqual([{ reason: null }]);
});
