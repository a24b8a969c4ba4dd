import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys, noteKeyUse } from '@/lib/signing';

let files: FileKeys | undefined;

/**
 * What session cookies are sealed with, the one for new cookies first: AUTH_SECRET, or the files under DATA_DIR/keys that the
 * first use makes (0600). After a rotation there are two until the overlap is over.
 */
export function authSecrets(): [string, ...string[]] {
  const given = env().authSecret;
  if (given) return [given];
  files ??= new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [], secrets: ['auth'] });
  const keys = files.secretKeys('auth');
  noteKeyUse('auth', keys[0].id);
  return keys.map(({ bytes }) => bytes.toString('base64url')) as [string, ...string[]];
}
