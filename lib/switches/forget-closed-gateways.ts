import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';

const KEPT_MS = 7 * 24 * 60 * 60_000;

/** Drops the rows of gateways that closed a week ago, unless a stop that is older still waits for its fence. Their events stay. */
export async function forgetClosedGateways(ctx: Context): Promise<void> {
  await sql.rows(
    `DELETE FROM gateway WHERE closed_at < $1 AND NOT EXISTS (SELECT 1 FROM switch_order o WHERE o.fenced_at IS NULL AND o.engaged_at <= gateway.closed_at)`,
    [new Date(ctx.now().getTime() - KEPT_MS)],
  );
}
