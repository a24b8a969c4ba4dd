import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runKills } from '@/bench/kill/run-kills';

// The same run as `npm run bench -- kill`, which kills more often, harder, and the console too.
it('loses nothing that it told, and runs nothing twice, when every process and the database are killed', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-journal-'));
  try {
    const { comparison, recoveries } = await runKills({
      entry: ['--import', 'tsx', 'lib/testing/supervise-without-console.ts'], victims: ['gateway', 'worker', 'control', 'postgres'], rounds: 2, rate: 50, agents: 10, journal: path.join(folder, 'journal'), say: () => {},
    });
    expect(comparison.examples).toEqual([]);
    expect(Object.values(comparison.faults).every((count) => count === 0)).toBe(true);
    expect(comparison.acknowledged).toBeGreaterThan(100);
    expect(comparison.effects).toBeGreaterThan(20);
    expect(Object.values(recoveries).map((times) => times.length)).toEqual([2, 2, 2, 2]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
