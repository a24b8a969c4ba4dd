import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Clears up before a signal ends this process, so that no server of its own outlives it. A second signal does not hurry it: what is stopped
 * meanwhile takes a second or two. The answer takes the guard away again.
 */
export function beforeEnd(clearUp: () => Promise<void>): () => void {
  const ends = signals.map((signal) => [signal, () => {
    const end = () => process.exit(128 + constants.signals[signal]);
    clearUp().then(end, end);
  }] as const);
  for (const [signal, end] of ends) process.on(signal, end);
  return () => { for (const [signal, end] of ends) process.off(signal, end); };
}
