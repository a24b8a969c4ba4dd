import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys } from '@/lib/signing';

let held: string | undefined;

/** What session cookies are sealed with: AUTH_SECRET, or the file under DATA_DIR/keys that the first use makes (0600). */
export function authSecret(): string {
  return (held ??= env().authSecret ?? new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [], secrets: ['auth'] }).secretKeys('auth')[0].bytes.toString('base64url'));
}
