import { sql } from '@/lib/db';
import { readPublicJwk, type VerificationKey } from '@/lib/protocol/ed25519-key';

/** The public keys that an agent signs with, by kid; empty where it has none. One that cannot be read is none. */
export async function loadAgentKeys(agentId: string): Promise<Map<string, VerificationKey>> {
  const keys = new Map<string, VerificationKey>();
  for (const row of await sql.rows<{ kid: string; jwk: unknown }>('SELECT kid, jwk FROM agent_key WHERE agent_id = $1', [agentId])) {
    const key = readPublicJwk(row.jwk);
    if (key) keys.set(row.kid, key);
  }
  return keys;
}
