import { Worker } from 'node:worker_threads';

/**
 * Calls back at given moments (milliseconds of the monotonic clock) about 0.1 ms late at most. Node's timers count whole milliseconds, which would
 * be most of what is measured; a thread that sleeps on a futex wakes up when it should and costs nothing meanwhile.
 */
export function metronome(moments: Float64Array, onDue: (index: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(CODE, { eval: true, workerData: moments });
    thread.on('message', onDue);
    thread.once('error', reject);
    thread.once('exit', () => resolve());
  });
}

/** The monotonic clock that all threads and processes of a machine share, in milliseconds. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Text, since a worker thread would need a loader of its own for TypeScript. */
const CODE = `
const { parentPort, workerData: moments } = require('node:worker_threads');
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const now = () => Number(process.hrtime.bigint()) / 1e6;
for (let i = 0; i < moments.length; ) {
  const wait = moments[i] - now();
  if (wait > 0.02) Atomics.wait(sleeper, 0, 0, wait);
  const at = now();
  while (i < moments.length && moments[i] <= at + 0.02) i++;
  parentPort.postMessage(i - 1);
}
`;
