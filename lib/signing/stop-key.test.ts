import { createPrivateKey, sign, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '@/lib/project-root';
import { isWellFormed } from '@/lib/protocol/canonical-json';
import { stopKeyBytes, type StopClaim } from '@/lib/protocol/stop-key';
import { makeStopKey, signStop } from '@/lib/testing/stop-key';
import { readStopKeyJwk, verifyStopClaim } from './stop-key';

const keyId = '019a0000-0000-7000-8000-000000000001';
const claim: StopClaim = { keyId, scope: 'agent', target: '019a0000-0000-7000-8000-000000000002', environment: 'production', ts: '2026-03-02T09:00:00.000Z', nonce: 'AAECAwQFBgcICQoLDA0ODw' };
const text = (one: StopClaim) => new TextDecoder().decode(stopKeyBytes(one));
/** The order of the curve: s and its negative are both signatures of the same claim. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

describe('the bytes that a stop key signs', () => {
  it('are canonical, in whatever order the claim was put together, and hold nothing that was not given', () => {
    expect(text(claim)).toBe('{"environment":"production","keyId":"019a0000-0000-7000-8000-000000000001","nonce":"AAECAwQFBgcICQoLDA0ODw","scope":"agent","target":"019a0000-0000-7000-8000-000000000002","ts":"2026-03-02T09:00:00.000Z"}');
    expect(text(Object.fromEntries(Object.entries(claim).reverse()) as StopClaim)).toBe(text(claim));
    expect(text({ keyId, scope: 'global', target: undefined, ts: claim.ts, nonce: claim.nonce })).toBe(`{"keyId":"${keyId}","nonce":"${claim.nonce}","scope":"global","ts":"${claim.ts}"}`);
    expect(text({ keyId, scope: 'session', holdMinutes: 10, ts: claim.ts, nonce: claim.nonce })).toBe(`{"holdMinutes":10,"keyId":"${keyId}","nonce":"${claim.nonce}","scope":"session","ts":"${claim.ts}"}`);
    expect(text({ ...claim, signature: 'x', reason: 'y' } as StopClaim)).toBe(text(claim));
  });

  it('are bound in every member: another value breaks the signature', () => {
    const { jwk, privateKey } = makeStopKey();
    const { signature } = signStop(privateKey, claim);
    expect(verifyStopClaim(jwk, claim, signature)).toBe(true);
    fc.assert(fc.property(fc.constantFrom('keyId', 'scope', 'target', 'environment', 'ts', 'nonce'), fc.option(fc.string(), { nil: undefined }), (member, value) => {
      fc.pre(value !== claim[member as keyof StopClaim] && (value === undefined || isWellFormed(value)) && !(value === undefined && !['target', 'environment'].includes(member)));
      expect(verifyStopClaim(jwk, { ...claim, [member]: value }, signature)).toBe(false);
    }));
    // Neither put beside what was signed without one, nor another, nor none in place of one.
    expect(verifyStopClaim(jwk, { ...claim, holdMinutes: 10 }, signature)).toBe(false);
    const held = signStop(privateKey, { ...claim, holdMinutes: 10 });
    for (const holdMinutes of [10, 11, undefined]) expect(verifyStopClaim(jwk, { ...claim, holdMinutes }, held.signature)).toBe(holdMinutes === 10);
    fc.assert(fc.property(fc.nat(63), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const bytes = Buffer.from(signature, 'base64url');
      bytes[at]! ^= by;
      expect(verifyStopClaim(jwk, claim, bytes.toString('base64url'))).toBe(false);
    }));
  });

  it('are what the protocol document says, by its own vectors', () => {
    const document = readFileSync(path.join(projectRoot(), 'docs/protocol.md'), 'utf8');
    const vectors = [...document.matchAll(/<!-- stop key vector(?:, with a hold)? -->\s*```json\n([\s\S]*?)\n```/g)].map(([, vector]) => JSON.parse(vector!) as { jwk: unknown; body: StopClaim & { signature: string }; signedBytes: string });
    expect(vectors.map(({ body }) => body.holdMinutes)).toEqual([undefined, 10]);
    for (const { jwk, body: { signature, ...given }, signedBytes } of vectors) {
      expect(text(given)).toBe(signedBytes);
      expect(verifyStopClaim(jwk, given, signature)).toBe(true);
    }
  });
});

describe('a signature', () => {
  const { jwk, privateKey } = makeStopKey();

  it('is the one that WebCrypto makes, by a key that cannot be taken out', async () => {
    const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const signature = Buffer.from(await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, stopKeyBytes(claim))).toString('base64url');
    const exported = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
    expect(readStopKeyJwk(exported)).toEqual({ kty: 'EC', crv: 'P-256', x: exported.x, y: exported.y });
    expect(verifyStopClaim(exported, claim, signature)).toBe(true);
    await expect(webcrypto.subtle.exportKey('jwk', pair.privateKey)).rejects.toThrow();
  });

  it('holds with a low s and with a high one, and is never DER', () => {
    const bytes = Buffer.from(signStop(privateKey, claim).signature, 'base64url');
    const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex')]);
    expect([bytes, other].map((one) => verifyStopClaim(jwk, claim, one.toString('base64url')))).toEqual([true, true]);
    const der = sign('sha256', stopKeyBytes(claim), privateKey);
    expect(verifyStopClaim(jwk, claim, der.toString('base64url'))).toBe(false);
    for (const bad of ['', 'AAAA', `${bytes.toString('base64url')}=`, Buffer.alloc(64).toString('base64url'), Buffer.alloc(64, 255).toString('base64url')]) expect(verifyStopClaim(jwk, claim, bad)).toBe(false);
  });
});

describe('a public half', () => {
  const { jwk, privateKey } = makeStopKey();

  it('is a point on P-256 and nothing else', () => {
    expect(readStopKeyJwk(jwk)).toEqual(jwk);
    expect(readStopKeyJwk({ ...jwk, ext: true, key_ops: ['verify'], alg: 'ES256' })).toEqual(jwk);
    const foreign = makeStopKey('P-384').jwk;
    const one = Buffer.alloc(32, 1).toString('base64url');
    for (const bad of [
      null, [], 'x', {}, foreign, { ...foreign, crv: 'P-256' }, { ...jwk, crv: 'P-384' }, { ...jwk, kty: 'OKP' }, { ...jwk, x: undefined }, { ...jwk, x: `${String(jwk.x)}=` }, { ...jwk, y: jwk.x }, { ...jwk, x: one, y: one },
      createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' }).export({ format: 'jwk' }), { ...jwk, key_ops: ['sign'] }, { ...jwk, alg: 'ES384' }, { ...jwk, jku: 'https://evil.example' }, { ...jwk, use: 'enc' },
    ]) expect(readStopKeyJwk(bad), JSON.stringify(bad)).toBeUndefined();
  });
});
