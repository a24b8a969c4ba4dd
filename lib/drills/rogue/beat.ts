import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { LIFE_MS } from './orders';

const end = performance.now() + LIFE_MS;

/** Gives a sign of life, by a file that only this process writes. Ends the process where even a rogue's life is over. */
export function beat(folder: string, name: string): void {
  if (performance.now() > end) process.exit(0);
  try { appendFileSync(path.join(folder, 'beats', name), '.'); } catch { process.exit(0); }
}

/** Everything that a process may ignore. */
export function ignoreSignals(): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGPIPE', 'SIGUSR2'] as const) process.on(signal, () => {});
}
