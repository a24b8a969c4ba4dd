import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json';

/**
 * The digest that binds what a person saw to what may run: SHA-256, lower-case hex, of the canonical JSON of
 * `{"args":…,"tool":…}`. Throws CanonicalJsonError when the arguments are not JSON.
 */
export function actionDigest(tool: string, args: unknown): string {
  return hash('sha256', `{"args":${canonicalJson(args)},"tool":${canonicalJson(tool)}}`, 'hex');
}
