import { sql, type Sql } from '@/lib/db';
import { forecastFor, forecastKey, type WaitQuantiles } from './wait-rules';

/** What is known of waiting, in a gateway's memory: a question costs a look at a map, and the table is read by the clock. */
export class WaitForecasts {
  #known: ReadonlyMap<string, WaitQuantiles> = new Map();

  /** What was read before stays where it cannot be read now. */
  async refresh(db: Sql = sql): Promise<void> { this.#known = await readForecasts(db); }

  of(routes: readonly string[], askedAt: Date): WaitQuantiles | null { return forecastFor(this.#known, routes, askedAt.getUTCHours()); }
}

/** Everything that is known, by `forecastKey`. */
export async function readForecasts(db: Sql = sql): Promise<ReadonlyMap<string, WaitQuantiles>> {
  const rows = await db.rows<{ route: string; hour: number; p50: number; p90: number }>('SELECT route, hour, p50_ms AS p50, p90_ms AS p90 FROM wait_forecast');
  return new Map(rows.map(({ route, hour, p50, p90 }) => [forecastKey(route, hour), { p50, p90 }]));
}
