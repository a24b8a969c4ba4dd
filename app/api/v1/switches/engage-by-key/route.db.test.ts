import { expect, it } from 'vitest';
import { registerStopKey, revokeStopKey } from '@/lib/access';
import { asPerson, makePerson, useConsoleDatabase as withConsoleDatabase } from '@/lib/access/testing';
import { sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { makeStopKey, signStop } from '@/lib/testing/stop-key';
import { POST } from './route';

withConsoleDatabase();

async function holder() {
  const person = await makePerson(['responder']);
  const { jwk, privateKey } = makeStopKey();
  const { id } = await registerStopKey(asPerson(person), { jwk, name: 'a browser' });
  return { person, id, privateKey, sign: () => signStop(privateKey, { keyId: id, scope: 'agent', target: newId() }) };
}
async function post(body: unknown, headers: Record<string, string> = {}) {
  const answer = await POST(new Request('http://localhost:3000/api/v1/switches/engage-by-key', { method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.1', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }));
  return { status: answer.status, headers: answer.headers, json: (await answer.json()) as Record<string, unknown> };
}
const orders = async () => (await sql.rows('SELECT 1 FROM switch_order')).length;

it('takes a signed stop from whoever brings it, and tells no other origin about it', async () => {
  const { sign } = await holder();
  const { status, json, headers } = await post(sign(), { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
  expect({ status, json }).toEqual({ status: 202, json: { order: { id: expect.any(String), scope: 'agent' }, standing: false, durability: 'database' } });
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  expect(headers.get('cache-control')).toBe('no-store');
});

it('does nothing without a signature, whatever else comes along', async () => {
  const { sign, person, id } = await holder();
  const before = await orders();
  const elsewhere = { 'x-forwarded-for': '192.0.2.2' };
  for (const [body, more] of [
    ['', {}], [{ scope: 'global' }, {}], [{ scope: 'global' }, { authorization: 'Bearer csk_user_x', cookie: 'countersign.session=x' }], [sign(), { 'content-type': 'text/plain' }], [{ ...sign(), signature: undefined }, {}],
    ['['.repeat(200), {}], [`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`, {}], [JSON.stringify({ ...sign(), reason: 'x'.repeat(300_000) }), {}],
  ] as const) expect((await post(body, { ...elsewhere, ...more })).status, JSON.stringify(body).slice(0, 60)).toBe(400);
  await revokeStopKey(asPerson(person), id);
  expect(await post(sign(), elsewhere)).toMatchObject({ status: 401, json: { code: 'unauthenticated', why: 'revoked' } });
  expect(await orders()).toBe(before);
});

it('slows down an address that fails, and never one that holds', async () => {
  const { sign, id } = await holder();
  const stranger = makeStopKey();
  const from = { 'x-forwarded-for': '192.0.2.3' };
  const statuses: number[] = [];
  for (let i = 0; i < 20; i++) statuses.push((await post(signStop(stranger.privateKey, { keyId: id }), from)).status);
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
  expect(statuses.at(-1)).toBe(429);
  expect((await post(signStop(stranger.privateKey, { keyId: id }), { 'x-forwarded-for': '192.0.2.4' })).status).toBe(401);
  for (let i = 0; i < 20; i++) expect((await post(sign(), from)).status).toBe(202);
});
