import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentClient, redeemPermit, verifyPermit } from '@/lib/sdk';
import { FileKeys } from '@/lib/signing';
import { startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';
import { rotateKey, type Holding } from '.';

let gateway: TestGateway;
let agent: TestAgent;
const lives = { tokenMs: 5_000, leaseMs: 5_000 };

beforeAll(async () => {
  // As short as a token may live, so that clients refresh theirs several times while this runs.
  process.env.TOKEN_SECONDS = '5';
  gateway = await startTestGateway({ leaseMs: 5_000 });
  agent = await gateway.agent('rotating', [{ toolset: 'ticket_system', operations: ['*'], scope: '**' }]);
}, 120_000);
afterAll(() => gateway.stop());

it('nothing honest is refused while the keys of tokens and permits are rotated, and what the old ones signed is refused after the overlap', async () => {
  const refused: string[] = [];
  const done = { redeemed: 0 };
  let working = true;
  let last: { permit: string; args: { ticketId: string; comment: string } } | undefined;
  const pin = gateway.keys.signingKey('control/order').publicJwk.x;
  const clients = await Promise.all([1, 2, 3].map((n) => AgentClient.connect({ url: gateway.url, ...agent, controlPin: pin, instance: { name: `rotating ${n}` } })));
  const work = clients.map(async (client) => {
    client.on('connection', ({ state }) => { if (state === 'down' && working) refused.push('a connection ended'); });
    const session = await client.openSession({ purpose: 'Work through a rotation' });
    for (let n = 0; working; n++) {
      const call = { tool: 'update_ticket', args: { ticketId: `T-${n}`, comment: 'Looked at it again.' } };
      try {
        const decision = await session.requestAction(call);
        if (!decision.permit) { refused.push(`${decision.decision} ${decision.code}`); continue; }
        last = { permit: decision.permit, args: call.args };
        await verifyPermit(decision.permit, { issuer: gateway.url, audience: 'ticket_system', ...call, redeem: 'optional' });
        await redeemPermit(decision.permit, { url: gateway.url, ...call });
        done.redeemed++;
      } catch (error) {
        refused.push(String(error));
      }
    }
  });
  await expect.poll(() => done.redeemed, { timeout: 30_000 }).toBeGreaterThan(5);
  const keys = new FileKeys({ folder: path.join(gateway.dataDir, 'keys'), holds: ['agent-token', 'permit'] });
  const holding: Holding = { process: 'gateway', names: ['agent-token', 'permit'], keys, lives };
  const token = await gateway.token(agent);
  const before = { ...last! };
  const rotated = await Promise.all((['agent-token', 'permit'] as const).map((name) => rotateKey(gateway.host, { name, overlapMs: 5_000 }, holding)));
  for (const { kid } of rotated) await expect.poll(async () => (await keys.list('agent-token')).concat(await keys.list('permit')).some((one) => one.kid === kid && one.state === 'signs'), { timeout: 30_000 }).toBe(true);
  const turned = done.redeemed;
  await expect.poll(async () => (await keys.list('agent-token')).length + (await keys.list('permit')).length, { timeout: 30_000 }).toBe(2);
  await expect.poll(() => done.redeemed, { timeout: 30_000 }).toBeGreaterThan(turned + 5);
  working = false;
  await Promise.all(work);
  await Promise.all(clients.map((client) => client.close()));
  expect(refused).toEqual([]);

  await expect.poll(() => gateway.connect(token).then((socket) => { socket.disconnect(); return 'let in'; }, (error: Error) => error.message), { timeout: 30_000 }).toMatch(/does not hold/);
  await expect(redeemPermit(before.permit, { url: gateway.url, tool: 'update_ticket', args: before.args })).rejects.toMatchObject({ reason: 'invalid' });
}, 90_000);
