import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, newId, thumbprint, type Order } from '@/lib/protocol';
import { readControlPin } from './control-pin';
import { readOrder, type Trust } from './read-order';

const control = generateKeyPairSync('ed25519');
const x = control.publicKey.export({ format: 'jwk' }).x ?? '';
const order = (claims: Partial<Order>, key: KeyObject = control.privateKey): string => {
  const head = encodeBase64url(JSON.stringify({ alg: 'EdDSA', typ: 'order+jws', kid: thumbprint(x) }));
  const body = encodeBase64url(JSON.stringify({ id: newId(), issuedAt: new Date().toISOString(), ...claims }));
  return `${head}.${body}.${encodeBase64url(sign(null, Buffer.from(`${head}.${body}`), key))}`;
};
const now = new Date();
const resume = (releases: string, epoch = now.getTime(), key?: KeyObject) => order({ kind: 'resume', scope: 'global', releases, epoch }, key);
const trust = (more: Partial<Trust> = {}): Trust => ({ pin: readControlPin(x), now, lastEpoch: -1, paused: true, ...more });

describe('a resume', () => {
  const pause = newId();
  const holding = { pausedBy: (id: string) => id === pause };

  it('is obeyed by whoever holds the pause that it names, also when a later one was seen first', () => {
    for (const lastEpoch of [-1, now.getTime(), now.getTime() + 60_000]) expect(readOrder('resume', resume(pause), trust({ ...holding, lastEpoch }))).toMatchObject({ obey: true, order: { kind: 'resume', releases: pause } });
  });

  it('is never obeyed for its time alone: not forged, not from too far ahead, not another kind of order, not without a pin', () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    expect(readOrder('resume', resume(pause, now.getTime(), stranger), trust(holding))).toEqual({ obey: false, why: 'bad_signature' });
    expect(readOrder('resume', resume(pause, now.getTime() + 6 * 60_000), trust(holding))).toEqual({ obey: false, why: 'epoch_ahead' });
    expect(readOrder('resume', order({ kind: 'release', scope: 'global', releases: pause, epoch: now.getTime() }), trust(holding))).toMatchObject({ obey: false, why: 'the order is a release' });
    expect(readOrder('resume', resume(pause), trust({ ...holding, pin: undefined }))).toMatchObject({ obey: false, why: expect.stringContaining('no control pin') });
  });

  it('for a pause that nobody here holds does nothing; it is told only where it was used before and something is paused', () => {
    expect(readOrder('resume', resume(newId()), trust(holding))).toMatchObject({ obey: false, stale: true });
    expect(readOrder('resume', resume(newId()), trust({ ...holding, lastEpoch: now.getTime() }))).toEqual({ obey: false, why: 'epoch_passed', stale: false });
    expect(readOrder('resume', resume(newId()), trust({ ...holding, lastEpoch: now.getTime(), paused: false }))).toMatchObject({ obey: false, stale: true });
  });
});
