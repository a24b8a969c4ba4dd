import { setTimeout as pause } from 'node:timers/promises';
import { callControl, ControlRefusal, type ControlDoor } from './control-client';

/** One that takes longer than control waits for its database may be out of reach: the next is asked as well (milliseconds). */
const NEXT_AFTER_MS = 2_000;

/**
 * Gives an order to the first control process that takes it. Whoever does not answer, or refuses, or takes long is left behind for the
 * next: the same stop given twice is one stop. Throws what was answered where anybody did, else how each of them is out of reach.
 */
export async function orderAny(doors: readonly ControlDoor[], path: string, body: unknown): Promise<{ door: ControlDoor; answer: unknown }> {
  const settled = new AbortController();
  const refusals: unknown[] = [];
  const attempts: Promise<{ door: ControlDoor; answer: unknown }>[] = [];
  try {
    for (const door of doors) {
      const attempt = callControl(door, 'POST', path, body, settled.signal).then((answer) => ({ door, answer }));
      attempts.push(attempt);
      const over = attempt.catch((error: unknown) => void refusals.push(error));
      const taken = await Promise.race([...attempts.map((one) => one.catch(() => new Promise<never>(() => {}))), over, pause(NEXT_AFTER_MS, undefined, { signal: settled.signal, ref: false })]);
      if (taken) return taken;
      // What cannot be understood is understood by nobody.
      if (refusals.some((error) => error instanceof ControlRefusal && error.code === 'invalid')) break;
    }
    return await Promise.any(attempts).catch(() => { throw said(refusals); });
  } finally {
    settled.abort();
  }
}

function said(refusals: readonly unknown[]): unknown {
  const answered = refusals.find((error) => error instanceof ControlRefusal && error.code === 'invalid') ?? refusals.find((error) => !(error instanceof ControlRefusal) || error.code !== 'unavailable');
  return answered ?? new ControlRefusal(refusals.map((error) => (error as ControlRefusal).message).join('\n'), 'unavailable');
}
