import path from 'node:path';
import type { VerifyState } from '@/components/log/view';
import { env } from '@/lib/env';
import { verifyLog } from '@/lib/log';
import { FileKeys } from '@/lib/signing';

// One process holds several copies of this module; they share what is under this name.
const shared = globalThis as { __countersignLogCheck?: { state: VerifyState; running: Promise<void> | undefined } };
const check = () => (shared.__countersignLogCheck ??= { state: { kind: 'never' }, running: undefined });

/** Longer than this and the page goes on without the answer; it is shown when it is there (milliseconds). */
const PATIENCE_MS = 8_000;

export const logCheck = (): VerifyState => check().state;

/** Reads the whole log, once however many ask. */
export async function runLogCheck(now: () => Date): Promise<void> {
  const held = check();
  held.running ??= read(now).finally(() => { held.running = undefined; });
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([held.running, new Promise<void>((resolve) => { timer = setTimeout(resolve, PATIENCE_MS); })]);
  clearTimeout(timer);
}

async function read(now: () => Date): Promise<void> {
  const held = check();
  const before = held.state;
  held.state = { kind: 'running' };
  try {
    const keys = new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [] }).verificationKeys('checkpoint');
    const { at, events, streams, checkpoint, keyId, findings } = await verifyLog(keys, now());
    held.state = findings.length > 0 ? { kind: 'broken', at, events, findings } : { kind: 'holds', at, events, streams, checkpoint, keyId };
  } catch (error) {
    held.state = before;
    throw error;
  }
}
