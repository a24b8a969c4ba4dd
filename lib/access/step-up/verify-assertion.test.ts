import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assertion } from '@/lib/log';
import { SoftwareAuthenticator } from '@/lib/testing/software-authenticator';
import { challengeIdOf, challengeOf } from './challenge';
import { relyingParty } from './relying-party';
import type { StepUpSubject } from './schema';
import { verifyAssertion } from './verify-assertion';

const at = relyingParty('https://countersign.example.org/');
const expected: StepUpSubject = { purpose: 'approval.approve', objectId: '0197f3f0-0000-7000-8000-000000000001', digest: 'ab'.repeat(32), verdict: 'approve' };
type Twist = Parameters<SoftwareAuthenticator['authenticate']>[1];

function signed(subject = expected, twist: Twist = {}) {
  const authenticator = new SoftwareAuthenticator(at.origin);
  authenticator.register({ challenge: 'AA', rp: { id: at.rpId, name: 'Countersign' }, user: { id: 'AA', name: 'ada', displayName: 'Ada' }, pubKeyCredParams: [] });
  const nonce = randomBytes(32).toString('base64url');
  const challenge = challengeOf(subject, nonce);
  const { response } = authenticator.authenticate({ challenge, rpId: at.rpId }, twist);
  const { id: credentialId, publicKey } = authenticator.credentials[0]!;
  const assertion: Assertion = {
    ...subject, passkeyId: '0197f3f0-0000-7000-8000-00000000000a', credentialId, challengeId: challengeIdOf(challenge), nonce,
    authenticatorData: response.authenticatorData, clientDataJSON: response.clientDataJSON, signature: response.signature,
  };
  return { assertion, key: { id: assertion.passkeyId, credentialId, publicKey } };
}

describe('verifying an assertion without a database', () => {
  it('holds for what was signed, by the key that signed, where it was signed', async () => {
    const { assertion, key } = signed();
    expect(await verifyAssertion(assertion, expected, key, at)).toEqual({ ok: true, counter: 2, backedUp: false });
  });

  it('holds for no assertion of which one character of one part was changed', async () => {
    const { assertion, key } = signed();
    const parts = Object.keys(assertion) as (keyof Assertion)[];
    expect(parts).toHaveLength(11);
    for (const part of parts) {
      const text = assertion[part];
      await fc.assert(fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(...'ABCwxyz0189-_'), async (place, letter) => {
        fc.pre(text[place] !== letter);
        const changed = { ...assertion, [part]: text.slice(0, place) + letter + text.slice(place + 1) };
        expect((await verifyAssertion(changed, expected, key, at)).ok, part).toBe(false);
      }), { numRuns: 60 });
      for (const other of ['', `${text}A`, `${text}AAAA`, text.slice(0, -1), ` ${text}`, `${text}=`]) expect((await verifyAssertion({ ...assertion, [part]: other }, expected, key, at)).ok, `${part} ${other}`).toBe(false);
    }
  });

  it.each([['purpose', 'switch.request_release'], ['objectId', '0197f3f0-0000-7000-8000-000000000002'], ['digest', 'cd'.repeat(32)], ['verdict', 'deny']] as const)('does not hold for another %s, also when the assertion claims that one', async (part, other) => {
    const { assertion, key } = signed();
    const asked = { ...expected, [part]: other } as StepUpSubject;
    expect(await verifyAssertion(assertion, asked, key, at)).toEqual({ ok: false, why: 'other_subject' });
    expect(await verifyAssertion({ ...assertion, [part]: other }, asked, key, at)).toEqual({ ok: false, why: 'other_challenge' });
  });

  it('does not hold for a challenge of its own making', async () => {
    const { assertion, key } = signed(expected, { challenge: Buffer.alloc(32).toString('base64url') });
    expect(await verifyAssertion(assertion, expected, key, at)).toEqual({ ok: false, why: 'other_challenge' });
  });

  it('does not hold under another key, nor under another key by the same name', async () => {
    const one = signed();
    const other = signed();
    expect(await verifyAssertion(one.assertion, expected, other.key, at)).toEqual({ ok: false, why: 'other_key' });
    expect(await verifyAssertion(one.assertion, expected, { ...one.key, publicKey: other.key.publicKey }, at)).toEqual({ ok: false, why: 'bad_signature' });
    expect((await verifyAssertion(one.assertion, expected, { ...one.key, publicKey: new Uint8Array([1, 2, 3]) }, at)).ok).toBe(false);
  });

  it.each([
    ['on another page', { origin: 'https://evil.example.org' }, 'other_origin'],
    ['on the same name by another port', { origin: 'https://countersign.example.org:8443' }, 'other_origin'],
    ['within somebody else’s page', { crossOrigin: true }, 'other_origin'],
    ['for another name', { rpId: 'example.org' }, 'bad_signature'],
    ['without the person verified', { verified: false }, 'not_verified'],
    ['without the person present', { present: false }, 'not_verified'],
    ['as a registration', { type: 'webauthn.create' }, 'other_challenge'],
  ] as const)('does not hold when it was signed %s', async (_, twist, why) => {
    const { assertion, key } = signed(expected, twist);
    expect(await verifyAssertion(assertion, expected, key, at)).toEqual({ ok: false, why });
  });

  it('gives no two subjects one challenge', () => {
    const subject = fc.record({ purpose: fc.constantFrom('approval.approve', 'switch.request_release' as const), objectId: fc.string(), digest: fc.string(), verdict: fc.string() });
    fc.assert(fc.property(subject as fc.Arbitrary<StepUpSubject>, subject as fc.Arbitrary<StepUpSubject>, (a, b) => {
      expect(challengeOf(a, 'n') === challengeOf(b, 'n')).toBe(a.purpose === b.purpose && a.objectId === b.objectId && a.digest === b.digest && a.verdict === b.verdict);
    }));
  });
});
