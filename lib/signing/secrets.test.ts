import { describe, expect, it } from 'vitest';
import { createDataKey, newSalt, openPayload, payloadMac, sealPayload, unwrapDataKey, wrapDataKey } from './payload-seal';
import { generateSecret, hashSecret, sameText, secretKind, secretKinds, secretMatches } from './secrets';

describe('a secret', () => {
  it.each(secretKinds)('of kind %s is recognised, matched by its hash alone, and differs each time', (kind) => {
    const one = generateSecret(kind);
    const two = generateSecret(kind);
    expect(one.secret).toMatch(new RegExp(`^csk_${kind}_[0-9A-Za-z]{49}$`));
    expect(secretKind(one.secret)).toBe(kind);
    expect(secretMatches(one.secret, one.hash)).toBe(true);
    expect(secretMatches(two.secret, one.hash)).toBe(false);
    expect(one.hint).not.toContain(one.secret.slice(10, 20));
    expect(hashSecret(one.secret)).toBe(one.hash);
  });

  it('is told from a mistyped one by its checksum, at every character', () => {
    const { secret } = generateSecret('agent');
    for (let i = 0; i < secret.length; i++) {
      const wrong = secret.slice(0, i) + (secret[i] === 'x' ? 'y' : 'x') + secret.slice(i + 1);
      expect(secretKind(wrong), `position ${i}`).toBeUndefined();
    }
    expect(secretKind(secret.slice(0, -1))).toBeUndefined();
    expect(secretKind(`${secret} `)).toBeUndefined();
    expect(secretKind(secret.replace('agent', 'user'))).toBeUndefined();
  });

  it('compares texts of any length', () => {
    expect(sameText('', '')).toBe(true);
    expect(sameText('a', 'ab')).toBe(false);
  });
});

describe('a sealed payload', async () => {
  const wrapping = { id: 'w1', bytes: Buffer.alloc(32, 7) };
  const other = { id: 'w2', bytes: Buffer.alloc(32, 8) };
  const { dataKey, wrapped } = await createDataKey({ wrap: (bytes, context) => wrapDataKey(wrapping, bytes, context), unwrap: (key, context) => unwrapDataKey([wrapping], key, context) }, 'session-1');
  const text = Buffer.from('{"to":"a@example.org"}');

  it('opens with its key, in its place, unchanged; and in no other way', () => {
    const sealed = sealPayload(dataKey, text, 'event-1');
    expect(openPayload(dataKey, sealed, 'event-1')).toEqual({ ok: true, bytes: text });
    expect(openPayload(dataKey, sealed, 'event-2')).toEqual({ ok: false, reason: 'refused' });
    expect(openPayload(other.bytes, sealed, 'event-1')).toEqual({ ok: false, reason: 'refused' });
    expect(openPayload(dataKey, sealed.subarray(0, 20), 'event-1')).toEqual({ ok: false, reason: 'malformed' });
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = changed[i]! ^ 1;
      expect(openPayload(dataKey, changed, 'event-1').ok, `byte ${i}`).toBe(false);
    }
  });

  it('is sealed differently each time, and may be empty', () => {
    expect(sealPayload(dataKey, text, 'x').equals(sealPayload(dataKey, text, 'x'))).toBe(false);
    expect(openPayload(dataKey, sealPayload(dataKey, Buffer.alloc(0), 'x'), 'x')).toEqual({ ok: true, bytes: Buffer.alloc(0) });
  });

  it('has a data key that opens only under the wrapping key and session that it was wrapped for', () => {
    expect(unwrapDataKey([other, wrapping], wrapped, 'session-1')).toEqual({ ok: true, bytes: dataKey });
    expect(unwrapDataKey([wrapping], wrapped, 'session-2')).toEqual({ ok: false, reason: 'refused' });
    expect(unwrapDataKey([other], wrapped, 'session-1')).toEqual({ ok: false, reason: 'unknown_key' });
    expect(unwrapDataKey([{ ...other, id: 'w1' }], wrapped, 'session-1')).toEqual({ ok: false, reason: 'refused' });
  });

  it('is vouched for by a MAC that says nothing without its salt', () => {
    const salt = newSalt();
    expect(payloadMac(salt, text).equals(payloadMac(salt, text))).toBe(true);
    expect(payloadMac(newSalt(), text).equals(payloadMac(salt, text))).toBe(false);
    // RFC 4231, test case 2.
    expect(payloadMac(Buffer.from('Jefe'), 'what do ya want for nothing?').toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });
});
