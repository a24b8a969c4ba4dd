import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { stopKeyBytes, type StopClaim } from '@/lib/protocol/stop-key';

/** What a browser does by WebCrypto, done by Node. */
export function makeStopKey(curve: 'P-256' | 'P-384' = 'P-256') {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return { jwk: publicKey.export({ format: 'jwk' }) as Record<string, unknown>, privateKey };
}

export type Signed = StopClaim & { signature: string };

export function signStop(privateKey: KeyObject, claim: Partial<StopClaim> & Pick<StopClaim, 'keyId'>): Signed {
  const full: StopClaim = { scope: 'global', ts: new Date().toISOString(), nonce: randomBytes(16).toString('base64url'), ...claim };
  return { ...full, signature: sign('sha256', stopKeyBytes(full), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url') };
}
