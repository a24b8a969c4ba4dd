import { hash } from 'node:crypto';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { BUNDLE_TYP, openBundleText, signJwsWith, type KeyProvider } from '@/lib/signing';
import { bundleSchema, type Bundle } from './schema';

/** A bundle as it is stored and handed to gateways: its canonical text, that text's hash, and a signature over hash and sequence. */
export type SignedBundle = { sequence: number; sha256: string; body: string; jws: string };

export async function signBundle(bundle: Bundle, keys: KeyProvider): Promise<SignedBundle> {
  const body = canonicalJson(bundle);
  const sha256 = hash('sha256', body, 'hex');
  const jws = await signJwsWith(keys, 'bundle', BUNDLE_TYP, { name: bundle.name, sequence: bundle.sequence, sha256 });
  return { sequence: bundle.sequence, sha256, body, jws };
}

/** Opens a stored bundle only if signature, hash and sequence all agree; else says which did not. Never throws. */
export function openBundle(signed: SignedBundle, keys: KeySet): { ok: true; bundle: Bundle } | { ok: false; reason: string } {
  const opened = openBundleText(signed, keys);
  if (!opened.ok) return opened;
  const bundle = bundleSchema.safeParse(opened.value);
  if (!bundle.success) return { ok: false, reason: 'its text is not a bundle' };
  if (bundle.data.sequence !== signed.sequence) return { ok: false, reason: 'its sequence is not the one that was signed' };
  return { ok: true, bundle: bundle.data };
}
