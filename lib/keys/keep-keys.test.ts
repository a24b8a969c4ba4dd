import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { FileKeys } from '@/lib/signing';
import { keepKeys } from './keep-keys';

const folder = mkdtempSync(path.join(tmpdir(), 'keep-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(process.platform === 'win32')('a process whose folder takes no socket runs on, and says once what does not reach it', async () => {
  // Where nobody can make a file, and root can't either.
  const dataDir = path.join(folder, 'a file');
  writeFileSync(dataDir, '');
  const said: { level: number; msg: string }[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => { said.push(JSON.parse(line) as { level: number; msg: string }); } });
  const kept = await keepKeys({ process: 'gateway', names: [], keys: new FileKeys({ folder: path.join(folder, 'keys'), holds: [] }), lives: { tokenMs: 0, leaseMs: 0 } }, dataDir, logger);
  await kept.stop();
  expect(said.map(({ level, msg }) => [level, msg])).toEqual([[40, expect.stringContaining('countersign keys')]]);
});
