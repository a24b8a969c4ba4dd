import type { Sql } from '@/lib/db';
import type { Reservation } from './budgets';
import { fromE4 } from './money';

/** What a shared limit has used, all gateways together. */
export type SharedUse = { key: string; window: string; calls: number; costE4: number };

/**
 * Takes a place in limits that several gateways share, in Postgres, before the call is decided: all of them or none. Each is taken only
 * where it fits under its ceiling, by the row itself, so two gateways never both take what is left. Answers with what is used now.
 */
export async function reserveShared(sql: Sql, wanted: readonly Reservation[]): Promise<{ ok: true; used: SharedUse[] } | { ok: false; full: Reservation; used: SharedUse[] }> {
  if (wanted.length === 0) return { ok: true, used: [] };
  const taken = (await sql.rows<Row>(RESERVE, [JSON.stringify(wanted.map(asRow))])).map(useOf);
  const full = wanted.find((one) => !taken.some((row) => row.key === one.key && row.window === one.window));
  if (!full) return { ok: true, used: taken };
  const back = wanted.filter((one) => taken.some((row) => row.key === one.key && row.window === one.window));
  await refundShared(sql, back);
  return { ok: false, full, used: await sharedUses(sql, wanted.map(({ key }) => key)) };
}

/** Gives back what was taken. Answers with what is used now. */
export async function refundShared(sql: Sql, taken: readonly Reservation[]): Promise<SharedUse[]> {
  if (taken.length === 0) return [];
  const left = await sql.rows<Row>(
    `UPDATE budget_use b SET calls = b.calls - r.calls, cost = b.cost - r.cost FROM (SELECT * FROM json_to_recordset($1::json) AS x(key text, "window" text, calls int, cost numeric) ORDER BY key, "window") r WHERE b.key = r.key AND b."window" = r."window" RETURNING b.key, b."window", b.calls, b.cost::text`,
    [JSON.stringify(taken.map(asRow))],
  );
  return left.map(useOf);
}

export async function sharedUses(sql: Sql, keys: readonly string[]): Promise<SharedUse[]> {
  if (keys.length === 0) return [];
  return (await sql.rows<Row>('SELECT key, "window", calls, cost::text FROM budget_use WHERE key = ANY($1::text[])', [keys])).map(useOf);
}

type Row = { key: string; window: string; calls: number; cost: string };
const useOf = ({ key, window, calls, cost }: Row): SharedUse => ({ key, window, calls, costE4: Math.round(Number(cost) * 10_000) });
const asRow = ({ key, window, calls, costE4, ceiling }: Reservation) => ({ key, window, calls, cost: fromE4(costE4), most_calls: ceiling?.calls ?? null, most_cost: ceiling?.costE4 === undefined ? null : fromE4(ceiling.costE4) });

// Rows are locked in the order of their keys, so two calls that share several limits never wait for each other in a circle.
const RESERVE = `
WITH want AS MATERIALIZED (SELECT * FROM json_to_recordset($1::json) AS w(key text, "window" text, calls int, cost numeric, most_calls int, most_cost numeric))
INSERT INTO budget_use AS b (key, "window", calls, cost)
SELECT key, "window", calls, cost FROM want WHERE (most_calls IS NULL OR calls <= most_calls) AND (most_cost IS NULL OR cost <= most_cost) ORDER BY key, "window"
ON CONFLICT (key, "window") DO UPDATE SET calls = b.calls + excluded.calls, cost = b.cost + excluded.cost
WHERE (SELECT (w.most_calls IS NULL OR b.calls + excluded.calls <= w.most_calls) AND (w.most_cost IS NULL OR b.cost + excluded.cost <= w.most_cost) FROM want w WHERE w.key = b.key AND w."window" = b."window")
RETURNING b.key, b."window", b.calls, b.cost::text`;
