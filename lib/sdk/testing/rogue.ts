import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { listProcesses, type Listed } from '../supervisor/process-table';

/**
 * Resists being ended in every way a process knows: ignores signals, forks, leaves its session, forks twice with a cleared environment,
 * makes a namespace of its own. Each of the five names its folder in its command line, writes a line there and lives on.
 */
const script = `trap '' TERM INT HUP; here=$1
stay='trap "" TERM INT HUP; echo up >> "$1/up"; while :; do sleep 1000; done'
bash -c "$stay" x "$here" &
setsid bash -c "$stay" x "$here" &
(setsid env -i /bin/bash -c "$stay" x "$here" &) &
unshare --user --map-current-user --pid --fork bash -c "$stay" x "$here" &
echo up >> "$here/up"; while :; do sleep 1000; done`;

/** The command line of one whose processes are known by this folder. */
export const rogueCommand = (folder: string): string[] => ['bash', '-c', script, 'rogue', folder];

/** Resolves when all five are up. */
export async function rogueIsUp(folder: string): Promise<void> {
  const lines = () => { try { return readFileSync(path.join(folder, 'up'), 'utf8').split('\n').length - 1; } catch { return 0; } };
  await expect.poll(lines, { timeout: 30_000, interval: 10 }).toBeGreaterThanOrEqual(5);
}

/** What of it is alive, by what the kernel lists. */
export const rogueAlive = (folder: string): Listed[] => listProcesses().filter(({ pid }) => {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    // What wraps it names the folder too, and is no part of it.
    return (command.startsWith('bash\0') || command.startsWith('/bin/bash\0')) && command.split('\0').includes(folder);
  } catch {
    return false;
  }
});
