import { sql } from '@/lib/db';
import { hashSecret, secretKind, secretMatches } from '@/lib/signing';
import type { Capability } from '@/lib/protocol/identity';
import { capabilityOf } from './rules';

/** An agent as the gateway knows it. */
export type KnownAgent = { id: string; name: string; active: boolean; enforced: boolean; simulated: boolean; ownerId: string | null; tokensFrom: Date | null; capabilities: Capability[] };

const AGENT = `
SELECT a.id, a.name, a.state = 'active' AS active, a.enforced, a.simulated, a.owner_id AS "ownerId", a.tokens_from AS "tokensFrom",
  coalesce((SELECT json_agg(json_build_object('toolset', c.toolset, 'operations', c.operations, 'scope', c.scope)) FROM capability c WHERE c.agent_id = a.id), '[]'::json) AS grants
FROM agent a WHERE a.id = $1`;

/** Reads an agent with its capabilities; undefined when there is none. */
export async function loadAgent(id: string): Promise<KnownAgent | undefined> {
  const [row] = await sql.rows<Omit<KnownAgent, 'capabilities'> & { grants: { toolset: string; operations: string[]; scope: string }[] }>(AGENT, [id]);
  if (!row) return undefined;
  const { grants, ...agent } = row;
  return { ...agent, capabilities: grants.map(capabilityOf) };
}

/** Whether this secret is one of the agent's that is live now. An unknown agent costs the same work as a wrong secret. */
export async function agentSecretHolds(agentId: string, secret: string, now: Date): Promise<boolean> {
  const wellFormed = secretKind(secret) === 'agent';
  const rows = wellFormed
    ? await sql.rows<{ hash: string }>('SELECT hash FROM agent_secret WHERE agent_id = $1 AND (expires_at IS NULL OR expires_at > $2) LIMIT 8', [agentId, now])
    : [];
  const kept = rows.length > 0 ? rows.map((row) => row.hash) : [hashSecret('nobody')];
  // Every live secret is compared, so that the time does not tell which one it was.
  return kept.reduce((found, hash) => secretMatches(secret, hash) || found, false);
}
