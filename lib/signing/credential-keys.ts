import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys } from './file-keys';
import type { Wrapper } from './keys';

const globals = globalThis as { __countersignCredentialKeys?: FileKeys };

/** What people's one-time password secrets are sealed with; for the console alone. */
export function credentialWrapper(): Wrapper {
  globals.__countersignCredentialKeys ??= new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [], secrets: ['credential-wrapping'] });
  return globals.__countersignCredentialKeys.wrapper('credential-wrapping');
}
