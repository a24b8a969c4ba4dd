import { describe, expect, it } from 'vitest';
import { actionDigest } from '@/lib/protocol/digest';
import { readPublicJwk } from '@/lib/protocol/ed25519-key';
import { newId } from '@/lib/protocol/ids';
import { issueAgentToken, tokenMadeAt, verifyAgentToken } from './agent-token';
import { claimedClient, verifyClientAssertion } from './client-assertion';
import { signJws } from './jws';
import { type Order, nextEpoch, signOrder, verifyOrder } from './order';
import { issuePermit, verifyPermit } from './permit';
import { generatePrivateJwk, signingKey } from './signing-key';

const now = new Date('2026-05-04T10:00:00.400Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const issuer = 'http://127.0.0.1:3000';
const key = signingKey(generatePrivateJwk());
const keys = new Map([[key.kid, readPublicJwk(key.publicJwk)!]]);
const outcome = (result: { ok: true } | { ok: false; reason: string }) => (result.ok ? 'accepted' : result.reason);

describe('an agent token', async () => {
  const agentId = newId();
  const capabilities = [{ type: 'tool' as const, tool: 'ticket_system', actions: ['read'], scope: 'assigned/*' }];
  const { token, expiresIn, expiresAt } = await issueAgentToken(key, { issuer, agentId, jti: newId(), capabilities, now });
  const at = (when: Date, other: Partial<{ issuer: string }> = {}) => outcome(verifyAgentToken(token, { keys, issuer, now: when, ...other }));
  const claims = { iss: issuer, sub: agentId, aud: 'countersign/agent', iat: 1777888800, exp: 1777889100, jti: 'j', authorization_details: capabilities };
  const signed = (change: object, typ = 'at+jwt') => outcome(verifyAgentToken(signJws(key, typ, { ...claims, ...change }), { keys, issuer, now }));

  it('tells to the millisecond when it was made, by its id, and by its second where the id says something else', () => {
    const made = 1_777_888_800_400;
    const hex = made.toString(16).padStart(12, '0');
    expect(tokenMadeAt({ iat: 1_777_888_800, jti: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000001` })).toBe(made);
    expect(tokenMadeAt({ iat: 1_777_888_800, jti: newId() })).toBe(1_777_888_800_000);
    expect(tokenMadeAt({ iat: 1_777_888_800, jti: 'j' })).toBe(1_777_888_800_000);
  });

  it('says who it is and what it may touch', () => {
    const result = verifyAgentToken(token, { keys, issuer, now });
    expect(result).toMatchObject({ ok: true, claims: { sub: agentId, aud: 'countersign/agent', authorization_details: capabilities } });
    expect(expiresIn).toBe(300);
    expect(expiresAt.getTime()).toBe(Math.floor(now.getTime() / 1000) * 1000 + 300_000);
  });

  it('holds for its time, with 30 s of leeway for clocks', () => {
    expect(at(later(329))).toBe('accepted');
    expect(at(later(330))).toBe('expired');
    expect(at(later(-30))).toBe('accepted');
    expect(at(later(-31))).toBe('not_yet_valid');
    expect(at(later(600))).toBe('expired');
    expect(at(later(-600))).toBe('not_yet_valid');
  });

  it.each([
    ['another issuer', { iss: 'https://other.example' }, 'wrong_issuer'],
    ['another audience', { aud: 'countersign/console' }, 'wrong_audience'],
    ['a list of audiences', { aud: ['countersign/agent'] }, 'bad_claims'],
    ['a lifetime over 900 s', { exp: claims.iat + 901 }, 'too_long'],
    ['a subject that is no id', { sub: 'root' }, 'bad_claims'],
    ['an exp that is text', { exp: '1777889100' }, 'bad_claims'],
  ])('is refused with %s', (_name, change, expected) => {
    expect(signed({})).toBe('accepted');
    expect(signed(change)).toBe(expected);
  });

  it('is refused without exp, and when it is really a permit', () => {
    const { exp: _exp, ...rest } = claims;
    expect(outcome(verifyAgentToken(signJws(key, 'at+jwt', rest), { keys, issuer, now }))).toBe('bad_claims');
    expect(signed({}, 'permit+jwt')).toBe('wrong_type');
  });

  it('is never made to live over 900 s', async () => {
    await expect(issueAgentToken(key, { issuer, agentId, jti: 'j', capabilities, now, ttlSeconds: 901 })).rejects.toThrow(RangeError);
    await expect(issueAgentToken(key, { issuer, agentId, jti: 'j', capabilities, now, ttlSeconds: 0 })).rejects.toThrow(RangeError);
  });
});

describe('a permit', () => {
  const call = { tool: 'send_email', args: { to: ['a@example.org'], body: 'hi' } };
  const input = {
    issuer, toolset: 'email', agentId: newId(), sessionId: newId(), actionId: newId(), digest: actionDigest(call.tool, call.args),
    event: { stream: 'session/x', seq: 7 }, redeem: 'optional' as const, now, leaseMs: 15_000,
  };
  const { permit, expiresAt } = issuePermit(key, input);
  const expected = { keys, issuer, toolset: 'email', ...call, now, use: 'offline' as const };

  it('lets exactly the decided call run', () => {
    expect(verifyPermit(permit, expected)).toMatchObject({ ok: true, claims: { jti: input.actionId, stm: 'session/x', seq: 7 } });
    expect(outcome(verifyPermit(permit, { ...expected, args: { body: 'hi', to: ['a@example.org'] } }))).toBe('accepted');
    expect(outcome(verifyPermit(permit, { ...expected, args: { ...call.args, to: ['b@example.org'] } }))).toBe('digest_mismatch');
    expect(outcome(verifyPermit(permit, { ...expected, tool: 'send_mail' }))).toBe('digest_mismatch');
    expect(outcome(verifyPermit(permit, { ...expected, args: { n: 1n } }))).toBe('digest_mismatch');
    expect(outcome(verifyPermit(permit, { ...expected, toolset: 'payments' }))).toBe('wrong_audience');
    expect(outcome(verifyPermit(permit, { ...expected, issuer: 'x' }))).toBe('wrong_issuer');
  });

  it('ends within one lease, without leeway', () => {
    expect(expiresAt.getTime()).toBeLessThanOrEqual(now.getTime() + 15_000);
    expect(outcome(verifyPermit(permit, { ...expected, now: new Date(expiresAt.getTime() - 1) }))).toBe('accepted');
    expect(outcome(verifyPermit(permit, { ...expected, now: expiresAt }))).toBe('expired');
    expect(outcome(verifyPermit(permit, { ...expected, now: later(-40) }))).toBe('not_yet_valid');
  });

  it('ends with its approval, when that is nearer', () => {
    expect(issuePermit(key, { ...input, useBy: later(4) }).expiresAt.getTime()).toBeLessThanOrEqual(later(4).getTime());
  });

  it('is refused offline where it has to be redeemed', () => {
    const strict = issuePermit(key, { ...input, redeem: 'required' }).permit;
    expect(outcome(verifyPermit(strict, expected))).toBe('redeem_required');
    expect(outcome(verifyPermit(strict, { ...expected, use: 'redeem' }))).toBe('accepted');
  });

  it('is not an agent token, nor the other way round', () => {
    expect(outcome(verifyAgentToken(permit, { keys, issuer, now }))).toBe('wrong_type');
  });
});

describe('an order', () => {
  const issuedAt = now.toISOString();
  const engage: Order = { kind: 'engage', id: newId(), scope: 'session', target: newId(), issuedAt };
  const release: Order = { kind: 'release', id: newId(), scope: 'global', issuedAt, epoch: now.getTime(), releases: newId() };
  const check = (order: Order, lastEpoch = 0, when = now) => outcome(verifyOrder(signOrder(key, order), { keys, now: when, lastEpoch }));

  it('stops however late it arrives', () => {
    expect(check(engage, Number.MAX_SAFE_INTEGER, later(365 * 86_400))).toBe('accepted');
  });

  it('loosens only with an epoch that rises and is not far ahead', () => {
    expect(check(release)).toBe('accepted');
    expect(check(release, now.getTime())).toBe('epoch_passed');
    expect(check({ ...release, epoch: later(300).getTime() })).toBe('accepted');
    expect(check({ ...release, epoch: later(301).getTime() })).toBe('epoch_ahead');
    expect(nextEpoch(now, 5)).toBe(now.getTime());
    expect(nextEpoch(now, now.getTime() + 9)).toBe(now.getTime() + 10);
  });

  it('is refused in another shape or under another type', () => {
    expect(() => signOrder(key, { ...engage, scope: 'global' })).toThrow();
    expect(() => signOrder(key, { kind: 'engage', id: newId(), scope: 'session', issuedAt })).toThrow();
    expect(outcome(verifyOrder(signJws(key, 'order+jws', { kind: 'obey' }), { keys, now, lastEpoch: 0 }))).toBe('bad_order');
    expect(outcome(verifyOrder(signJws(key, 'permit+jwt', engage), { keys, now, lastEpoch: 0 }))).toBe('wrong_type');
    expect(check({ kind: 'noop', id: newId(), issuedAt })).toBe('accepted');
    expect(() => signOrder(key, { kind: 'extend', id: newId(), issuedAt, epoch: 1, extendMs: 60_001 })).toThrow();
  });
});

describe('a client assertion', () => {
  const clientId = newId();
  const second = Math.floor(now.getTime() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: `${issuer}/api/oauth/token`, jti: 'once', iat: second, exp: second + 60 };
  const expected = { clientId, keys, audiences: [issuer, `${issuer}/api/oauth/token`], now };
  const check = (change: object, typ = 'JWT') => outcome(verifyClientAssertion(signJws(key, typ, { ...claims, ...change }), expected));

  it('proves the client and hands back what must not come twice', () => {
    const assertion = signJws(key, 'JWT', claims);
    expect(claimedClient(assertion)).toBe(clientId);
    expect(verifyClientAssertion(assertion, expected)).toEqual({ ok: true, clientId, jti: 'once', replayUntil: new Date((second + 90) * 1000) });
  });

  it.each([
    ['another client', { sub: newId() }, 'wrong_client'],
    ['another issuer', { iss: 'x' }, 'wrong_client'],
    ['another audience', { aud: 'https://other.example' }, 'wrong_audience'],
    ['an old one', { exp: second - 31 }, 'expired'],
    ['one from the future', { iat: second + 60 }, 'not_yet_valid'],
    ['a year of life', { exp: second + 86_400 * 365 }, 'too_long'],
    ['no jti', { jti: '' }, 'bad_claims'],
  ])('is refused for %s', (_name, change, reason) => {
    expect(check({})).toBe('accepted');
    expect(check(change)).toBe(reason);
  });

  it('takes the types that clients send, and none of our own tokens', () => {
    expect(check({}, 'client-authentication+jwt')).toBe('accepted');
    expect(check({ aud: [issuer] })).toBe('accepted');
    expect(check({}, 'at+jwt')).toBe('wrong_type');
    expect(claimedClient('x'.repeat(9_000))).toBeUndefined();
    expect(claimedClient('a.b.c')).toBeUndefined();
  });

  it('finds the key of a client that has only one and does not name it', () => {
    const unnamed = (jwk = key) => {
      const signed = `${Buffer.from('{"alg":"EdDSA"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      return `${signed}.${jwk.sign(Buffer.from(signed)).toString('base64url')}`;
    };
    const other = signingKey(generatePrivateJwk());
    expect(outcome(verifyClientAssertion(unnamed(), expected))).toBe('accepted');
    expect(outcome(verifyClientAssertion(unnamed(other), expected))).toBe('bad_signature');
    const two = new Map([...keys, [other.kid, readPublicJwk(other.publicJwk)!]]);
    expect(outcome(verifyClientAssertion(unnamed(), { ...expected, keys: two }))).toBe('unknown_key');
  });
});
