import { createHmac, createPublicKey } from 'node:crypto';
import path from 'node:path';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/protocol/ids';
import { FileKeys, generatePrivateJwk, signJws, signingKey, type SigningKey } from '@/lib/signing';
import { ask, send, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';

let gateway: TestGateway;
let agent: TestAgent;
let key: SigningKey;
const grants = [{ toolset: 'ticket_system', operations: ['*'], scope: '**' }];

beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.agent('holder', grants);
  key = new FileKeys({ folder: path.join(gateway.dataDir, 'keys'), holds: ['agent-token'] }).signingKey('agent-token');
});
afterAll(() => gateway.stop());

const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1000);
const claims = (change: object = {}) => ({
  iss: gateway.url, sub: agent.clientId, aud: 'countersign/agent', iat: seconds(), exp: seconds() + 300, jti: newId(),
  authorization_details: [{ type: 'tool', tool: 'ticket_system', actions: ['*'], scope: '**' }], ...change,
});
const good = () => signJws(key, 'at+jwt', claims());
/** A token whose header says anything, signed with the true key. */
const withHeader = (header: object) => {
  const signed = `${encode(header)}.${encode(claims())}`;
  return `${signed}.${key.sign(Buffer.from(signed, 'latin1')).toString('base64url')}`;
};
const foreign = signingKey(generatePrivateJwk());
const without = (field: string) => { const all: Record<string, unknown> = claims(); delete all[field]; return signJws(key, 'at+jwt', all); };
const symmetric = (secret: Buffer | string, kid = key.kid) => {
  const signed = `${encode({ alg: 'HS256', kid, typ: 'at+jwt' })}.${encode(claims())}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};
const publicKey = () => createPublicKey({ key: key.publicJwk as never, format: 'jwk' });
const minutes = (count: number) => ({ iat: seconds() + count * 60, exp: seconds() + count * 60 + 300 });

const forged: [name: string, token: () => string][] = [
  ['no token', () => ''],
  ['text', () => 'nonsense'],
  ['two parts', () => good().split('.').slice(0, 2).join('.')],
  ['four parts', () => `${good()}.x`],
  ['an expired one', () => signJws(key, 'at+jwt', claims({ iat: seconds() - 400, exp: seconds() - 100 }))],
  ['one of a clock ten minutes ahead', () => signJws(key, 'at+jwt', claims(minutes(10)))],
  ['one of a clock ten minutes behind', () => signJws(key, 'at+jwt', claims(minutes(-10)))],
  ['one without an end', () => without('exp')],
  ['one without a beginning', () => without('iat')],
  ['one that lives for a day', () => signJws(key, 'at+jwt', claims({ exp: seconds() + 86_400 }))],
  ['one for another audience', () => signJws(key, 'at+jwt', claims({ aud: 'ticket_system' }))],
  ['one for two audiences', () => signJws(key, 'at+jwt', claims({ aud: ['countersign/agent', 'other'] }))],
  ['one of another issuer', () => signJws(key, 'at+jwt', claims({ iss: 'https://elsewhere.example' }))],
  ['a permit', () => signJws(key, 'permit+jwt', claims())],
  ['a token without a type', () => withHeader({ alg: 'EdDSA', kid: key.kid })],
  ['a plain JWT', () => withHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })],
  ['alg none without a signature', () => `${encode({ alg: 'none', kid: key.kid, typ: 'at+jwt' })}.${encode(claims())}.`],
  ['alg none with one', () => withHeader({ alg: 'none', kid: key.kid, typ: 'at+jwt' })],
  ['alg nOnE', () => withHeader({ alg: 'nOnE', kid: key.kid, typ: 'at+jwt' })],
  ['HS256 with the public key as PEM', () => symmetric(publicKey().export({ type: 'spki', format: 'pem' }).toString())],
  ['HS256 with the public key as DER', () => symmetric(publicKey().export({ type: 'spki', format: 'der' }))],
  ['HS256 with the public key’s x', () => symmetric(Buffer.from(key.publicJwk.x, 'base64url'))],
  ['an embedded key', () => { const signed = `${encode({ alg: 'EdDSA', kid: foreign.kid, typ: 'at+jwt', jwk: foreign.publicJwk })}.${encode(claims())}`; return `${signed}.${foreign.sign(Buffer.from(signed)).toString('base64url')}`; }],
  ['an embedded key under our kid', () => { const signed = `${encode({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt', jwk: foreign.publicJwk })}.${encode(claims())}`; return `${signed}.${foreign.sign(Buffer.from(signed)).toString('base64url')}`; }],
  ['our own key embedded', () => withHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt', jwk: key.publicJwk })],
  ['an address of keys', () => withHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt', jku: 'https://elsewhere.example/jwks.json' })],
  ['a certificate', () => withHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt', x5u: 'https://elsewhere.example/cert' })],
  ['a critical extension', () => withHeader({ alg: 'EdDSA', kid: key.kid, typ: 'at+jwt', crit: ['exp'] })],
  ['a foreign key', () => signJws(foreign, 'at+jwt', claims())],
  ['a foreign key under our kid', () => signJws({ ...foreign, kid: key.kid, sign: (bytes) => foreign.sign(bytes) }, 'at+jwt', claims())],
  ['a kid that is a path', () => withHeader({ alg: 'EdDSA', kid: '../../agent-token.jwk', typ: 'at+jwt' })],
  ['changed claims', () => { const [head, , tail] = good().split('.'); return `${head}.${encode(claims({ sub: newId() }))}.${tail}`; }],
  ['a signature with stray bits', () => { const token = good(); const last = token.at(-1)!; return token.slice(0, -1) + (last === 'A' ? 'B' : 'A'); }],
  ['an agent that is not there', () => signJws(key, 'at+jwt', claims({ sub: newId() }))],
];

describe('a token that does not hold', () => {
  it.each(forged)('%s is refused at the door, without a word about what is inside', async (_name, token) => {
    const error = await gateway.connect(token()).then(() => undefined, (refused: Error & { data?: { code: string; message: string } }) => refused);
    expect(error?.data).toMatchObject({ code: 'unauthenticated' });
    expect(error!.data!.message).not.toMatch(/key|jwk|stack|\.ts|at /);
  });

  it('while the true one is welcome', async () => {
    expect((await gateway.connect(good())).connected).toBe(true);
  });

  it('refreshes nothing either, and the connection stays what it was', async () => {
    const socket = await gateway.connect(good());
    for (const [name, token] of forged.filter(([one]) => one !== 'no token')) {
      expect([name, await send(socket, 'auth.refresh', { token: token() })]).toMatchObject([name, { ok: false, error: { code: name === 'an agent that is not there' ? 'forbidden' : 'unauthenticated' } }]);
    }
    expect(await send(socket, 'auth.refresh', { token: good() })).toMatchObject({ ok: true });
    const { session } = await ask(socket, 'session.open', { purpose: 'x' });
    expect(session.state).toBe('open');
  });
});

describe('a token that holds', () => {
  it("does not open another agent's session, see its actions, or take over its instance", async () => {
    const instanceId = newId();
    const socket = await gateway.connect(await gateway.token(agent), instanceId);
    const { session } = await ask(socket, 'session.open', { purpose: 'mine' });
    const { decision } = await ask(socket, 'action.request', { sessionId: session.id, requestId: 'r', tool: 'read_ticket', args: { ticketId: 'T-1' } });
    const stranger = await gateway.agent(`stranger ${newId()}`, grants);
    const other = await gateway.connect(await gateway.token(stranger));
    const events = [
      ['session.open', { sessionId: session.id, purpose: 'mine now' }], ['session.close', { sessionId: session.id, outcome: 'completed' }], ['input.add', { sessionId: session.id, origin: 'tool', text: 'x' }],
      ['plan.submit', { sessionId: session.id, steps: [{ id: '1', tool: 'read_ticket', args: {} }] }], ['action.request', { sessionId: session.id, requestId: 'r', tool: 'read_ticket', args: { ticketId: 'T-1' } }],
      ['action.started', { actionId: decision.actionId }], ['action.result', { actionId: decision.actionId, status: 'ok' }], ['output.check', { sessionId: session.id, text: 'x' }], ['sync', { sessionIds: [session.id] }],
      ['spans.add', { sessionId: session.id, spans: [{ traceId: '0'.repeat(32), spanId: '0'.repeat(16), name: 'n', kind: 'k', startedAt: '2026-01-01T00:00:00Z', attributes: {} }] }],
    ] as const;
    for (const [event, body] of events) expect([event, await send(other, event, body)]).toMatchObject([event, { ok: false, error: { code: 'not_found' } }]);
    await expect(gateway.connect(await gateway.token(stranger), instanceId)).rejects.toMatchObject({ data: { code: expect.stringMatching(/^(conflict|forbidden)$/) } });
    // And it all still belongs to whom it belonged.
    await ask(socket, 'action.started', { actionId: decision.actionId });
  });

  it('ends with its agent: the connection closes with a reason, and no token opens another', async () => {
    const { disableAgent } = await import('@/lib/agents');
    const revoked = await gateway.agent(`revoked ${newId()}`, grants);
    const token = await gateway.token(revoked);
    const socket = await gateway.connect(token);
    const closing = next(socket, 'closing');
    const gone = next(socket, 'disconnect');
    await disableAgent(gateway.host, revoked.clientId);
    expect(await closing).toMatchObject({ code: 'unauthenticated' });
    await gone;
    await expect(gateway.connect(token)).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    const refused = await fetch(`${gateway.url}/api/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: revoked.clientId, client_secret: revoked.clientSecret }) });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: 'invalid_client' });
  });
});

const next = (socket: Socket, event: string) => new Promise<unknown>((resolve) => socket.once(event, resolve));
