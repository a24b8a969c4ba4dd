import { hash } from 'node:crypto';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { StepUpSubject } from './schema';

/** The 32 bytes a key signs, base64url: SHA-256 of the canonical JSON of what is signed for and the server's nonce. */
export function challengeOf({ purpose, objectId, digest, verdict }: StepUpSubject, nonce: string): string {
  return hash('sha256', canonicalJson({ purpose, objectId, digest, verdict, nonce }), 'base64url');
}

/** A challenge's id follows from the challenge (a version 8 UUID), so that one cannot be passed off under another's id. */
export function challengeIdOf(challenge: string): string {
  const bytes = hash('sha256', `challenge:${challenge}`, 'buffer').subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
