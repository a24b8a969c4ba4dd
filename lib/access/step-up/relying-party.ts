import { env } from '@/lib/env';

/** Where passkeys are at home: browsers bind each to this name, and sign which page asked. */
export type RelyingParty = { origin: string; rpId: string };

export function relyingParty(publicUrl = env().publicUrl): RelyingParty {
  const { origin, hostname } = new URL(publicUrl);
  return { origin, rpId: hostname };
}
