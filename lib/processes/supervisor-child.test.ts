import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepRunning, pauseBefore, type Child } from './supervisor-child';

let folder: string;
let child: Child | undefined;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'countersign-child-')); });
afterEach(async () => { await child?.stop(2_000); child = undefined; rmSync(folder, { recursive: true, force: true }); });

/** A child that notes each of its lives in a file, then does as `script` says. */
function keep(script: string): Child {
  const entry = path.join(folder, 'entry.mjs');
  writeFileSync(entry, `import fs from 'node:fs'; fs.appendFileSync(${JSON.stringify(path.join(folder, 'lives'))}, process.pid + '\\n');\n${script}`);
  child = keepRunning({ name: 'worker', env: () => process.env, logFolder: path.join(folder, 'logs'), entry });
  return child;
}
const lives = () => readFileSync(path.join(folder, 'lives'), 'utf8').trim().split('\n').map(Number);
const until = async (holds: () => boolean) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)); };

describe('keepRunning', () => {
  it('starts one that was killed again, at once', async () => {
    const kept = keep(`process.send({ ready: true }); process.on('message', () => process.exit(0)); setInterval(() => {}, 1000);`);
    expect(await kept.started).toMatchObject({ ok: true });
    const first = lives()[0] as number;
    process.kill(first, 'SIGKILL');
    await until(() => lives().length === 2);
    expect(kept.pid()).toBe(lives()[1]);
  });

  it('tells the last words of one that cannot start, and keeps trying', async () => {
    const kept = keep(`console.error('no key in the folder'); process.exit(3);`);
    expect(await kept.started).toMatchObject({ ok: false, said: expect.stringContaining('no key in the folder') as string });
    expect(lives().length).toBe(3);
    await until(() => lives().length === 4);
  });

  it('kills one that does not stop in time', async () => {
    const kept = keep(`process.on('message', () => {}); process.on('SIGTERM', () => {}); process.send({ ready: true }); setInterval(() => {}, 1000);`);
    await kept.started;
    await kept.stop(200);
    expect(() => process.kill(lives()[0] as number, 0)).toThrow();
    expect(lives().length).toBe(1);
  });
});

describe('pauseBefore', () => {
  it('grows with each failure in a row, up to ten seconds', () => {
    expect([0, 1, 2, 3, 20].map(pauseBefore)).toEqual([0, 250, 500, 1_000, 10_000]);
  });
});
