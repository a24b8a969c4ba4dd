import { sql } from '@/lib/db';
import type { SessionState } from './schema';

type Held = { id: string; state: SessionState }[];
type Waiting = { resolve: (held: Held) => void; reject: (error: unknown) => void };

/** One statement locks as many rows as this at most. */
const AT_ONCE = 500;

/**
 * A gateway's renewals: writes down that an instance is alive for another lease, and answers what its sessions are, by the database's clock, so
 * that every process agrees on the end. While some are being written the next ones gather: thousands of agents renew all the time, and the
 * database is there for deciding.
 */
export class LeaseRenewals {
  private waiting = new Map<string, Waiting[]>();
  private busy = false;

  constructor(private readonly gatewayId: string, private readonly leaseMs: number) {}

  renew(instanceId: string): Promise<Held> {
    return new Promise((resolve, reject) => {
      const there = this.waiting.get(instanceId);
      if (there) there.push({ resolve, reject });
      else this.waiting.set(instanceId, [{ resolve, reject }]);
      if (!this.busy) { this.busy = true; void this.drain(); }
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, AT_ONCE);
      for (const [id] of batch) this.waiting.delete(id);
      try {
        const held = new Map<string, Held>(batch.map(([id]) => [id, []]));
        for (const { instance_id, id, state } of await sql.rows<Held[number] & { instance_id: string }>(RENEW, [batch.map(([id]) => id), this.leaseMs / 1000, this.gatewayId])) held.get(instance_id)!.push({ id, state });
        for (const [id, asked] of batch) for (const { resolve } of asked) resolve(held.get(id)!);
      } catch (error) {
        for (const [, asked] of batch) for (const { reject } of asked) reject(error);
      }
    }
    this.busy = false;
  }
}

const RENEW = `
WITH mine AS MATERIALIZED (SELECT id FROM instance WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE),
renewed AS (
  UPDATE instance i SET lease_expires_at = clock_timestamp() + make_interval(secs => $2), last_seen_at = clock_timestamp(), gateway_id = $3 FROM mine WHERE i.id = mine.id
)
SELECT x.id AS instance_id, s.id, s.state FROM unnest($1::text[]) AS x(id)
CROSS JOIN LATERAL (SELECT id, state FROM session WHERE instance_id = x.id AND state IN ('open', 'lost', 'paused') ORDER BY opened_at DESC LIMIT 256) s`;
