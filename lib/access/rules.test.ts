import { describe, expect, it } from 'vitest';
import { addressKey } from './attempts';
import { argon2id, NOBODYS_HASH } from './passwords';
import { countAttempt, signInState } from './rules';

describe('passwords', () => {
  it('are the same in either Unicode form', async () => {
    const kept = await argon2id.hash('ünïcode pässphräse'.normalize('NFC'));
    expect(await argon2id.verify(kept, 'ünïcode pässphräse'.normalize('NFD'))).toBe(true);
    expect(argon2id.outdated(kept)).toBe(false);
    expect(argon2id.outdated('$argon2id$v=19$m=4096,t=1,p=1$c2FsdHNhbHQ$aGFzaA')).toBe(true);
    expect(argon2id.outdated(NOBODYS_HASH)).toBe(false);
    expect(await argon2id.verify(NOBODYS_HASH, '')).toBe(false);
  });
});

describe('counting attempts', () => {
  const now = new Date('2026-03-02T09:00:00Z');
  it('locks twice as long each time, a quarter of an hour at most, and forgets after an hour', () => {
    const lockOf = (failures: number) => (countAttempt({ failures, lockedUntil: null, updatedAt: now }, 'account', now).lockedUntil?.getTime() ?? now.getTime()) - now.getTime();
    expect([0, 3, 4, 5, 6, 7, 40].map(lockOf)).toEqual([0, 0, 15_000, 30_000, 60_000, 120_000, 900_000]);
    expect(countAttempt({ failures: 40, lockedUntil: null, updatedAt: new Date(now.getTime() - 3_600_001) }, 'account', now)).toEqual({ failures: 1, lockedUntil: null });
  });
  it('takes one network of version 6 for one address, a mapped one for what it is, and no header for one', () => {
    expect(addressKey('2001:db8::1')).toBe(addressKey('2001:db8:0:0:ffff::2'));
    expect(addressKey('2001:db8::1')).not.toBe(addressKey('2001:db8:0:1::1'));
    expect(addressKey('::ffff:192.0.2.7')).toBe(addressKey('192.0.2.7'));
    for (const text of [undefined, '', 'unknown', '1.2.3.4, 5.6.7.8', '1.2.3.4\r\nX: y']) expect(addressKey(text)).toBeUndefined();
  });
});

describe('a sign-in row', () => {
  const at = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours));
  const row = { createdAt: at(0), lastSeenAt: at(10), expiresAt: at(24), revokedAt: null };
  const limits = { idleMs: 12 * 3_600_000, absoluteMs: 168 * 3_600_000 };
  it('is live, idle, expired or revoked: revoked first, then whichever came first', () => {
    expect(signInState(row, at(11), limits)).toBe('live');
    expect(signInState(row, at(23), limits)).toBe('idle');
    expect(signInState({ ...row, lastSeenAt: at(23) }, at(24), limits)).toBe('expired');
    expect(signInState({ ...row, revokedAt: at(1) }, at(30), limits)).toBe('revoked');
  });
  it('ends sooner by shorter limits and never later than it was opened for', () => {
    expect(signInState(row, at(11), { ...limits, absoluteMs: 11 * 3_600_000 })).toBe('expired');
    expect(signInState({ ...row, lastSeenAt: at(23) }, at(24), { ...limits, absoluteMs: 720 * 3_600_000 })).toBe('expired');
    expect(signInState(row, at(11), { ...limits, idleMs: 30 * 60_000 })).toBe('idle');
  });
});
