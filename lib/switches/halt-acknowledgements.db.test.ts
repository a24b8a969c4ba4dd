import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { thumbprint } from '@/lib/protocol/ed25519-key';
import { haltAckBytes } from '@/lib/protocol/halt-ack';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, type Fleet } from '@/lib/testing/fleet';
import { applySwitch, engageSwitch, getOrder, HaltAcknowledgements } from '.';

let database: TestDatabase;
const host = makeContext({ kind: 'host', user: 'root' });
const control = makeContext({ kind: 'system', process: 'control' });
const noKeys = { get: () => new Map(), refresh: () => {} };
const at = '2026-01-02T03:04:05.678Z';
const asAgent = (session: Fleet['sessions'][0], agentId = session.agentId) => makeContext({ kind: 'agent', id: agentId, name: 'a', instanceId: session.instanceId });
const acknowledged = async (orderId: string) => sql.rows<{ xid: string; body: string }>(`SELECT xmin::text AS xid, body FROM log.event WHERE type = 'session.halt_acknowledged' AND body::jsonb->'data'->>'orderId' = $1`, [orderId]);
const said = (orderId: string, session: Fleet['sessions'][0], key?: KeyObject) => {
  const acknowledgement = { stopped: [session.id], at };
  return { orderId, acknowledgement: { ...acknowledgement, ...(key ? { signature: sign(null, haltAckBytes(orderId, acknowledgement), key).toString('base64url') } : {}) } };
};
async function registerKey(agentId: string): Promise<{ key: KeyObject; kid: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = thumbprint(jwk.x!);
  await sql.rows('INSERT INTO agent_key (agent_id, kid, jwk) VALUES ($1, $2, $3)', [agentId, kid, JSON.stringify({ ...jwk, kid })]);
  return { key: privateKey, kid };
}

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

describe('acknowledgements of a halt', () => {
  it('are written together, each as its own agent’s word, while the stop is being worked off', async () => {
    const fleet = await insertFleet(sql, { agents: 60, sessionsEach: 5 });
    const order = await engageSwitch(host, { scope: 'global' });
    const taking = new HaltAcknowledgements();
    await Promise.all([...fleet.sessions.map((session) => taking.take(asAgent(session), said(order.id, session))), applySwitch(control, order.id, noKeys)]);
    const events = await acknowledged(order.id);
    expect(events).toHaveLength(300);
    expect(new Set(events.map((event) => event.xid)).size).toBeLessThan(5);
    for (const event of events) {
      const { actor, stream } = JSON.parse(event.body) as { actor: { kind: string; id: string }; stream: string };
      expect(actor).toMatchObject({ kind: 'agent', id: fleet.sessions.find((session) => stream === `session/${session.id}`)!.agentId });
    }
    expect((await getOrder(order.id))!.counts).toMatchObject({ acknowledged: 300, ordered: 0 });
    await taking.settled();
  });

  it('say whose key signed them; one whose signature does not hold has acknowledged nothing', async () => {
    const fleet = await insertFleet(sql, { agents: 3, sessionsEach: 1 });
    const [signed, forged, keyless] = fleet.sessions as [Fleet['sessions'][0], Fleet['sessions'][0], Fleet['sessions'][0]];
    const { key, kid } = await registerKey(signed.agentId);
    await registerKey(forged.agentId);
    const order = await engageSwitch(host, { scope: 'global', environment: 'local' });
    const taking = new HaltAcknowledgements();
    await taking.take(asAgent(signed), said(order.id, signed, key));
    await taking.take(asAgent(keyless), said(order.id, keyless, key));
    await expect(taking.take(asAgent(forged), said(order.id, forged, key))).rejects.toThrow('does not hold');
    // Another order's signature is not this one's.
    const other = said(newId(), forged, key);
    await expect(taking.take(asAgent(forged), { ...other, orderId: order.id })).rejects.toThrow('does not hold');
    await expect(taking.take(asAgent(forged), { orderId: order.id, acknowledgement: { stopped: [forged.id], at, signature: 'x' } })).rejects.toThrow('does not hold');
    const data = (await acknowledged(order.id)).map((event) => (JSON.parse(event.body) as { data: object }).data);
    expect(data).toEqual(expect.arrayContaining([{ orderId: order.id, at, signedBy: kid }, { orderId: order.id, at }]));
    expect(data).toHaveLength(2);
    expect((await getOrder(order.id))!.targets.find((target) => target.sessionId === signed.id)!.evidence).toContain(`signed by its key ${kid}`);
  });

  it('of a stranger neither count nor stand in the way of the true one', async () => {
    const fleet = await insertFleet(sql, { agents: 2, sessionsEach: 1 });
    const [own, stranger] = fleet.sessions as [Fleet['sessions'][0], Fleet['sessions'][0]];
    const order = await engageSwitch(host, { scope: 'session', target: own.id });
    const taking = new HaltAcknowledgements();
    await Promise.all([taking.take(asAgent(stranger), said(order.id, own)), taking.take(asAgent(own), said(order.id, own)), taking.take(asAgent(stranger), said(order.id, own))]);
    expect((await acknowledged(order.id)).map((event) => (JSON.parse(event.body) as { actor: { id: string } }).actor.id)).toEqual([own.agentId]);
  });

  it('of an order for another environment are none of this one', async () => {
    const { sessions: [own] } = await insertFleet(sql, { agents: 1, sessionsEach: 1 });
    const order = await engageSwitch(host, { scope: 'global', environment: 'elsewhere' });
    await new HaltAcknowledgements().take(asAgent(own!), said(order.id, own!));
    expect(await acknowledged(order.id)).toEqual([]);
  });
});
