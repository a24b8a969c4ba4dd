import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys, publicKeyText } from '@/lib/signing';

/** What agents pin, so that they know a real stop from a forged one: control's public keys. Empty while control has made none. */
export function controlPin(): string {
  const keys = new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [] }).verificationKeys('control/order');
  return [...keys.values()].map(({ jwk }) => publicKeyText(jwk)).join(',');
}
