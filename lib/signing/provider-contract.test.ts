import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '@/lib/protocol/ids';
import { RemoteKeys } from '@/lib/testing/remote-keys';
import { FileKeys } from './file-keys';
import { issueAgentToken, keyNames, secretNames, signJwsWith, signOrder, verifyAgentToken, verifyJws, verifyOrder, type KeyProvider } from '.';

const folders: string[] = [];
const fileKeys = () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  folders.push(folder);
  return new FileKeys({ folder, holds: keyNames, secrets: secretNames });
};
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

const at = (ms: number) => new Date(Date.now() + ms);
const overlap = (signsIn = 0, ms = 60_000) => ({ signsFrom: at(signsIn), overlapUntil: at(signsIn + ms) });

describe.each([['files', async () => fileKeys()], ['a service elsewhere', () => RemoteKeys.connect()]] as [string, () => Promise<KeyProvider>][])('a provider of keys: %s', (_name, make) => {
  let keys: KeyProvider;
  beforeEach(async () => { keys = await make(); });
  const holds = (name: 'permit' | 'control/order' | 'bundle', token: string) => verifyJws(token, { keys: keys.verificationKeys(name), typ: 't' }).ok;

  it('signs with the key that it names, and for nothing else', async () => {
    for (const name of keyNames) {
      const token = await signJwsWith(keys, name, 't', { a: 1 });
      for (const other of keyNames) expect(verifyJws(token, { keys: keys.verificationKeys(other), typ: 't' }).ok, `${name} by ${other}`).toBe(name === other);
    }
    expect(new Set(keyNames.map((name) => keys.signer(name).kid)).size).toBe(keyNames.length);
  });

  it('signs tokens and orders whether it answers at once or later', async () => {
    const agentId = newId();
    const { token } = await issueAgentToken(keys.signer('agent-token'), { issuer: 'http://a', agentId, jti: newId(), capabilities: [], now: new Date() });
    expect(verifyAgentToken(token, { keys: keys.verificationKeys('agent-token'), issuer: 'http://a', now: new Date() })).toMatchObject({ ok: true });
    const order = await signOrder(keys.signer('control/order'), { kind: 'engage', id: newId(), scope: 'global', issuedAt: new Date().toISOString() });
    expect(verifyOrder(order, { keys: keys.verificationKeys('control/order'), now: new Date(), lastEpoch: -1 })).toMatchObject({ ok: true });
  });

  it('has both keys live after a rotation, and one after the old was retired', async () => {
    const old = await signJwsWith(keys, 'bundle', 't', {});
    const { kid, previousKid } = await keys.rotate('bundle', overlap());
    const fresh = await signJwsWith(keys, 'bundle', 't', {});
    expect((await keys.list('bundle')).map((one) => [one.kid, one.state])).toEqual([[kid, 'signs'], [previousKid, 'verifies']]);
    expect([holds('bundle', old), holds('bundle', fresh), keys.signer('bundle').kid === kid]).toEqual([true, true, true]);
    await expect(keys.rotate('bundle', overlap())).rejects.toThrow(/rotated before/);
    expect(await keys.retire('bundle')).toEqual({ kid: previousKid });
    expect([holds('bundle', old), holds('bundle', fresh)]).toEqual([false, true]);
    await expect(keys.sign('bundle', Buffer.from('x'), previousKid)).rejects.toThrow();
    expect(await keys.retire('bundle')).toBeUndefined();
  });

  it('is known before it signs, and the old one ends by itself', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const before = keys.signer('permit').kid;
      const old = await signJwsWith(keys, 'permit', 't', {});
      const { kid } = await keys.rotate('permit', overlap(5_000, 10_000));
      expect([keys.signer('permit').kid, keys.verificationKeys('permit').has(kid), (await keys.list('permit'))[0]!.state]).toEqual([before, true, 'waits']);
      vi.setSystemTime(Date.now() + 5_000);
      expect([keys.signer('permit').kid, holds('permit', old)]).toEqual([kid, true]);
      vi.setSystemTime(Date.now() + 9_999);
      expect(holds('permit', old)).toBe(true);
      vi.setSystemTime(Date.now() + 1);
      expect([holds('permit', old), (await keys.list('permit')).length]).toEqual([false, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('signs orders with the old key until that is retired, for agents that know no other', async () => {
    const before = keys.signer('control/order').kid;
    const { kid } = await keys.rotate('control/order', overlap(0, 0));
    expect([keys.signer('control/order').kid, [...keys.verificationKeys('control/order').keys()].toSorted()]).toEqual([before, [before, kid].toSorted()]);
    await keys.retire('control/order');
    expect([keys.signer('control/order').kid, [...keys.verificationKeys('control/order').keys()]]).toEqual([kid, [kid]]);
  });

  it('opens what the old secret wrapped until that is retired', async () => {
    const wrapper = keys.wrapper('payload-wrapping');
    const dataKey = Buffer.alloc(32, 5);
    const old = await wrapper.wrap(dataKey, 's1');
    await keys.rotate('payload-wrapping', overlap());
    const fresh = await wrapper.wrap(dataKey, 's1');
    expect(fresh.keyId).not.toBe(old.keyId);
    expect([await wrapper.unwrap(old, 's1'), await wrapper.unwrap(fresh, 's1')]).toEqual([{ ok: true, bytes: dataKey }, { ok: true, bytes: dataKey }]);
    expect(await wrapper.unwrap(fresh, 's2')).toMatchObject({ ok: false });
    await keys.retire('payload-wrapping');
    expect([await wrapper.unwrap(old, 's1'), await wrapper.unwrap(fresh, 's1')]).toEqual([{ ok: false, reason: 'unknown_key' }, { ok: true, bytes: dataKey }]);
  });
});

describe('keys in files', () => {
  it('sign at once, so that nobody waits on the way of an action', () => {
    expect(fileKeys().signer('permit').sign(Buffer.from('x'))).toBeInstanceOf(Buffer);
  });
});
