import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys, type SecretKey } from './file-keys';

const globals = globalThis as { __countersignPayloadKeys?: FileKeys };

/** The keys that sessions' data keys are wrapped with, for the processes that may read payloads (gateway, console, worker). */
export function payloadWrappingKeys(): readonly [SecretKey, ...SecretKey[]] {
  globals.__countersignPayloadKeys ??= new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [], secrets: ['payload-wrapping'] });
  return globals.__countersignPayloadKeys.secretKeys('payload-wrapping');
}
