import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileKeys, signJwsWith, verifyJws } from '@/lib/signing';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
  await build({ entryPoints: [join(import.meta.dirname, '..', 'signing', 'file-keys.ts')], bundle: true, platform: 'node', format: 'esm', outfile: join(folder, 'keys.mjs'), logLevel: 'error', tsconfig: join(import.meta.dirname, '..', '..', 'tsconfig.json') });
  // Dies as a machine does that loses its power: without a word, right before or right after a file takes its place or goes.
  writeFileSync(join(folder, 'die.mjs'), `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const [, , keysFolder, what, name, step] = process.argv;
    let left = Number(step);
    const armed = (real) => (...args) => {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL');
      const done = real(...args);
      if (left-- === 0) process.kill(process.pid, 'SIGKILL');
      return done;
    };
    const { FileKeys } = await import('./keys.mjs');
    const open = () => new FileKeys({ folder: keysFolder, holds: ['bundle', 'permit'], secrets: ['payload-wrapping'] });
    await open().list(name);
    fs.renameSync = armed(fs.renameSync);
    fs.rmSync = armed(fs.rmSync);
    syncBuiltinESMExports();
    const keys = open();
    if (what === 'rotate') await keys.rotate(name, { signsFrom: new Date(), overlapUntil: new Date(Date.now() + 60_000) });
    else await keys.retire(name);
    process.stdout.write('finished');`);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (at: string) => new FileKeys({ folder: at, holds: ['bundle'], secrets: ['payload-wrapping'] });
/** Runs the work again and again, killed one step later each time, until it is through. */
function killedAtEachStep(what: 'rotate' | 'retire', name: string, begin: (at: string) => Promise<() => Promise<void>>) {
  return async () => {
    for (let step = 0; step < 20; step++) {
      const at = join(folder, `${what}-${name}-${step}`);
      const holds = await begin(at);
      const run = spawnSync(process.execPath, [join(folder, 'die.mjs'), at, what, name, String(step)], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      expect(run.signal ?? run.stdout, `step ${step}`).toBe(run.stdout === 'finished' ? 'finished' : 'SIGKILL');
      await holds();
      if (run.stdout === 'finished') { expect(step).toBeGreaterThanOrEqual(4); return; }
    }
    throw new Error('it never came to an end');
  };
}

describe('a process that is killed while it', () => {
  it('rotates a signature key leaves one that signs, and nothing signed before is lost', killedAtEachStep('rotate', 'bundle', async (at) => {
    const old = await signJwsWith(open(at), 'bundle', 't', { a: 1 });
    return async () => {
      const keys = open(at);
      const reader = new FileKeys({ folder: at, holds: [] });
      const fresh = await signJwsWith(keys, 'bundle', 't', { a: 2 });
      for (const by of [keys, reader]) for (const token of [old, fresh]) expect(verifyJws(token, { keys: by.verificationKeys('bundle'), typ: 't' }).ok).toBe(true);
      // And it can be done, or done to the end.
      if ((await keys.list('bundle')).length === 1) await keys.rotate('bundle', { signsFrom: new Date(), overlapUntil: new Date() });
      expect((await keys.list('bundle')).length).toBe(2);
      await keys.retire('bundle');
      expect(verifyJws(old, { keys: new FileKeys({ folder: at, holds: [] }).verificationKeys('bundle'), typ: 't' }).ok).toBe(false);
    };
  }), 120_000);

  it('rotates a secret leaves one that wraps, and everything still opens', killedAtEachStep('rotate', 'payload-wrapping', async (at) => {
    const old = await open(at).wrapper('payload-wrapping').wrap(Buffer.alloc(32, 1), 's');
    return async () => {
      const wrapper = open(at).wrapper('payload-wrapping');
      const fresh = await wrapper.wrap(Buffer.alloc(32, 2), 's');
      expect([await wrapper.unwrap(old, 's'), await wrapper.unwrap(fresh, 's')]).toMatchObject([{ ok: true }, { ok: true }]);
    };
  }), 120_000);
});
