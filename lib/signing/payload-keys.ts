import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys } from './file-keys';
import type { Wrapper } from './keys';

const globals = globalThis as { __countersignPayloadKeys?: FileKeys };

/** What sessions' data keys are wrapped with, for the processes that may read payloads (gateway, console, worker). */
export function payloadWrapper(): Wrapper {
  globals.__countersignPayloadKeys ??= new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [], secrets: ['payload-wrapping'] });
  return globals.__countersignPayloadKeys.wrapper('payload-wrapping');
}
