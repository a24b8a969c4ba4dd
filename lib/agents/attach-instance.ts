import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import type { InstanceClaim } from '@/lib/protocol/identity';

/** Notes that an agent's instance is here. An instance id belongs to the agent that used it first. */
export async function attachInstance(ctx: Context, agentId: string, claim: InstanceClaim, gatewayId: string, leaseMs: number): Promise<void> {
  await sqlTransaction(async (tx) => {
    const [made] = await tx.rows<{ id: string }>(
      `INSERT INTO instance (id, agent_id, name, version, host, lease_expires_at, gateway_id) VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6), $7)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [claim.id, agentId, claim.name, claim.version ?? null, claim.host ?? null, leaseMs / 1000, gatewayId],
    );
    if (made) {
      await record(tx, ctx, [organisationEvent('instance.first_seen', { agentId, instanceId: claim.id, name: claim.name, host: claim.host ?? null, version: claim.version ?? null }, { agentId })]);
      return;
    }
    const [mine] = await tx.rows<{ id: string }>(
      `UPDATE instance SET name = $3, version = $4, host = $5, last_seen_at = clock_timestamp(), lease_expires_at = clock_timestamp() + make_interval(secs => $6), gateway_id = $7
       WHERE id = $1 AND agent_id = $2 RETURNING id`,
      [claim.id, agentId, claim.name, claim.version ?? null, claim.host ?? null, leaseMs / 1000, gatewayId],
    );
    if (!mine) throw forbidden('This instance id belongs to another agent. Use an id of your own, e.g. a UUID made at the first start.');
  });
}
