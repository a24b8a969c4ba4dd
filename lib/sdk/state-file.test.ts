import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StateFileError } from './errors';
import { StateFile, type SavedState } from './state-file';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'countersign-state-')); });
afterEach(() => rm(folder, { recursive: true }));

const state = (n: number): SavedState => ({ version: 1, instanceId: 'i', lastEpoch: n, sessions: [] });

it('resolves a write only once its own state, or a newer one, is on disk', async () => {
  const file = path.join(folder, 'state.json');
  const store = new StateFile(file);
  await Promise.all(Array.from({ length: 200 }, async (_, n) => {
    await store.write(state(n));
    expect((JSON.parse(await readFile(file, 'utf8')) as SavedState).lastEpoch).toBeGreaterThanOrEqual(n);
  }));
  expect(await store.read()).toEqual(state(199));
  expect(await readdir(folder)).toEqual(['state.json']);
});

it('says what is wrong with a file that is not its own, and leaves it alone', async () => {
  const file = path.join(folder, 'state.json');
  for (const text of ['', '{', '{"version":2}', '[]']) {
    await writeFile(file, text);
    await expect(new StateFile(file).read()).rejects.toBeInstanceOf(StateFileError);
    expect(await readFile(file, 'utf8')).toBe(text);
  }
  await expect(new StateFile(path.join(file, 'below-a-file', 'state.json')).write(state(1))).rejects.toBeInstanceOf(StateFileError);
});

it('is whole, and not older than what was acknowledged, whenever the process is killed', async () => {
  const file = path.join(folder, 'state.json');
  const program = `
    import { StateFile } from ${JSON.stringify(path.resolve(import.meta.dirname, 'state-file.ts'))};
    const store = new StateFile(${JSON.stringify(file)});
    for (let n = 1; ; n++) {
      await store.write({ version: 1, instanceId: 'i'.repeat(50_000), lastEpoch: n, sessions: [] });
      process.stdout.write(n + '\\n');
    }`;
  const source = path.join(folder, 'writer.mts');
  await writeFile(source, program);
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, ['--import', 'tsx', source], { cwd: path.resolve(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    const enough = 20 + round * 17;
    child.stdout.on('data', (part: Buffer) => {
      acknowledged = Number(part.toString().trim().split('\n').at(-1));
      if (acknowledged >= enough) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const found = await new StateFile(file).read();
    expect(acknowledged).toBeGreaterThanOrEqual(enough);
    expect(found?.lastEpoch).toBeGreaterThanOrEqual(acknowledged);
    expect(found?.instanceId).toHaveLength(50_000);
  }
});
