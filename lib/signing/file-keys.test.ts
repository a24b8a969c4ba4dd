import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileKeys } from './file-keys';
import { signJws, signJwsWith, verifyJws } from './jws';
import { KeyFileError } from './key-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (extra: Partial<ConstructorParameters<typeof FileKeys>[0]> = {}) => new FileKeys({ folder, holds: ['permit', 'control/order'], secrets: ['payload-wrapping', 'auth'], ...extra });
const mode = (file: string) => statSync(join(folder, file)).mode & 0o777;

describe('keys in files', () => {
  it('are made on first use, private, and found again', () => {
    const first = open();
    const { kid } = first.signingKey('permit');
    first.signingKey('control/order');
    const secret = first.secretKeys('payload-wrapping')[0];
    const second = open();
    expect(second.signingKey('permit').kid).toBe(kid);
    expect(second.secretKeys('payload-wrapping')[0]).toEqual(secret);
    expect(secret.bytes).toHaveLength(32);
    for (const file of ['permit.jwk', 'control/order.jwk', 'payload-wrapping.key']) expect(mode(file), file).toBe(0o600);
    expect(mode('control')).toBe(0o700);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('never wrap under a secret that somebody else ended a moment ago', async () => {
    const [mine, theirs] = [open(), open()];
    const wrap = async () => (await mine.wrapper('payload-wrapping').wrap(Buffer.alloc(32), 'a session')).keyId;
    const old = await wrap();
    const now = new Date();
    const { kid } = await theirs.rotate('payload-wrapping', { signsFrom: now, overlapUntil: now });
    await theirs.retire('payload-wrapping');
    expect(await wrap()).toBe(kid);
    expect(kid).not.toBe(old);
  });

  it('are never rotated by an old view: the key that somebody put aside a moment ago lives on', async () => {
    const [mine, theirs] = [open(), open()];
    const [first] = mine.secretKeys('payload-wrapping');
    const now = new Date();
    await theirs.rotate('payload-wrapping', { signsFrom: now, overlapUntil: now });
    await expect(mine.rotate('payload-wrapping', { signsFrom: now, overlapUntil: now })).rejects.toThrow(/rotated before/);
    expect(open().secretKeys('payload-wrapping').map(({ id }) => id)).toContain(first.id);
  });

  it('are ended of age alone where that is asked, and never while they live', async () => {
    const keys = open();
    const at = (ms: number) => ({ signsFrom: new Date(), overlapUntil: new Date(Date.now() + ms) });
    await keys.rotate('payload-wrapping', at(-1));
    const { previousKid } = await keys.rotate('auth', at(60_000));
    expect([await keys.retire('payload-wrapping', { ended: true }), await keys.retire('auth', { ended: true })]).toEqual([undefined, undefined]);
    expect(await keys.retire('auth')).toEqual({ kid: previousKid });
    const ended = await keys.rotate('auth', at(-1));
    expect(await keys.retire('auth', { ended: true })).toEqual({ kid: ended.previousKid });
    expect(readdirSync(folder)).not.toContain('auth.previous.secret');
  });

  it('are refused, with what to do, when others may read them', () => {
    open().signingKey('permit');
    chmodSync(join(folder, 'permit.jwk'), 0o640);
    expect(() => open().signingKey('permit')).toThrow(/chmod 600/);
    chmodSync(join(folder, 'permit.jwk'), 0o600);
    chmodSync(folder, 0o755);
    expect(() => open().signingKey('permit')).toThrow(/chmod 700/);
  });

  it('are refused when damaged, without saying what is in them', () => {
    mkdirSync(join(folder, 'control'), { mode: 0o700 });
    writeFileSync(join(folder, 'permit.jwk'), '{"d":"topsecret"}', { mode: 0o600 });
    writeFileSync(join(folder, 'auth.secret'), 'topsecret', { mode: 0o600 });
    for (const use of [() => open().signingKey('permit'), () => open().secretKeys('auth')]) {
      expect(use).toThrow(KeyFileError);
      expect(use).not.toThrow(/topsecret/);
    }
  });

  it('stay closed to a process that may not hold them, which still sees the public half', () => {
    const gateway = open({ holds: ['permit'], secrets: [] });
    expect(() => gateway.signingKey('control/order')).toThrow(KeyFileError);
    expect(() => gateway.secretKeys('auth')).toThrow(KeyFileError);
    expect(gateway.verificationKeys('control/order').size).toBe(0);
    const control = open();
    const order = signJws(control.signingKey('control/order'), 'order+jws', { a: 1 });
    gateway.refresh();
    expect(verifyJws(order, { keys: gateway.verificationKeys('control/order'), typ: 'order+jws' }).ok).toBe(true);
  });

  it('rotate with an overlap in which both verify, and then only the new one', async () => {
    const keys = open();
    const check = (token: string) => verifyJws(token, { keys: keys.verificationKeys('permit'), typ: 't' }).ok;
    const old = signJws(keys.signingKey('permit'), 't', { a: 1 });
    const { kid, previousKid } = await keys.rotate('permit', { signsFrom: new Date(), overlapUntil: new Date(Date.now() + 60_000) });
    expect(kid).not.toBe(previousKid);
    const fresh = await signJwsWith(keys, 'permit', 't', { a: 1 });
    expect([check(old), check(fresh)]).toEqual([true, true]);
    expect((await keys.publicKeys('permit')).map((key) => key.kid)).toEqual([kid, previousKid]);
    expect((await keys.sign('permit', Buffer.from('x'), previousKid)).length).toBe(64);
    expect(await keys.retire('permit')).toEqual({ kid: previousKid });
    expect(await keys.retire('permit')).toBeUndefined();
    expect([check(old), check(fresh)]).toEqual([false, true]);
    await expect(keys.sign('permit', Buffer.from('x'), previousKid)).rejects.toThrow(KeyFileError);
  });

  it('end up as one key when several processes make them at once', async () => {
    const script = join(folder, 'make.mjs');
    await build({ entryPoints: [join(import.meta.dirname, 'file-keys.ts')], bundle: true, platform: 'node', format: 'esm', outfile: join(folder, 'keys.mjs'), logLevel: 'error' });
    writeFileSync(script, `import { FileKeys } from './keys.mjs';
      const keys = new FileKeys({ folder: process.argv[2], holds: ['permit'], secrets: ['auth'] });
      process.stdout.write(keys.signingKey('permit').kid + ' ' + keys.secretKeys('auth')[0].id);`);
    for (let round = 0; round < 3; round++) {
      const target = join(folder, `round-${round}`);
      const runs = await Promise.all(Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, [script, target])));
      expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
    }
  }, 30_000);
});
