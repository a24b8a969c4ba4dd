import type { Tx } from '@/lib/db';

export type FleetRow = { runId: string; seed: string; wanted: boolean; askedAt: Date; keptUntil: Date | null; now: Date };

/** A worker says this often at least that it keeps the fleet, and is believed for this long (milliseconds). */
export const KEPT_FOR_MS = 10_000;
/** A run that no worker has kept for this long is over: whoever starts the product next week did not ask for it. */
export const FORGOTTEN_AFTER_MS = 5 * 60_000;

/** The fleet's row, locked; undefined before anybody ever asked for it. */
export async function lockFleet(tx: Tx): Promise<FleetRow | undefined> {
  const [row] = await tx.$queryRaw<FleetRow[]>`SELECT run_id AS "runId", seed, wanted, asked_at AS "askedAt", kept_until AS "keptUntil", clock_timestamp() AS now FROM demo_fleet WHERE id = 1 FOR UPDATE`;
  return row;
}

export const isForgotten = (row: Pick<FleetRow, 'askedAt' | 'keptUntil' | 'now'>): boolean => row.now.getTime() - Math.max(row.askedAt.getTime(), row.keptUntil?.getTime() ?? 0) > FORGOTTEN_AFTER_MS;

/** Wakes the workers; the row is what counts. */
export const tellWorkers = (tx: Tx) => tx.$queryRaw`SELECT pg_notify('cs_demo', '{}')::text`;
