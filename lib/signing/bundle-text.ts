import { hash } from 'node:crypto';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import { verifyJws } from './jws';

export const BUNDLE_TYP = 'bundle+jws';
const mostBytes = 32 * 1024 * 1024;

/** Opens the stored text of a bundle only if its signature, hash and sequence agree, and says which did not; whoever uses it parses it. Never throws. */
export function openBundleText(signed: { sequence: number; sha256: string; body: string; jws: string }, keys: KeySet): { ok: true; value: unknown } | { ok: false; reason: string } {
  const verified = verifyJws(signed.jws, { keys, typ: BUNDLE_TYP });
  if (!verified.ok) return { ok: false, reason: `its signature does not hold (${verified.reason})` };
  if (hash('sha256', signed.body, 'hex') !== signed.sha256 || verified.payload.sha256 !== signed.sha256) return { ok: false, reason: 'its text is not what was signed' };
  if (verified.payload.sequence !== signed.sequence) return { ok: false, reason: 'its sequence is not the one that was signed' };
  const parsed = parseStrictJson(Buffer.from(signed.body), { maxBytes: mostBytes });
  return parsed.ok ? { ok: true, value: parsed.value } : { ok: false, reason: 'its text is not a bundle' };
}
