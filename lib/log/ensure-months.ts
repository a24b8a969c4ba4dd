import { sql } from '@/lib/db';

const AHEAD = 3;

/** Makes the partitions of this month and the coming ones, so that no event ever waits for a table. */
export async function ensureMonths(now: Date): Promise<void> {
  for (let ahead = 0; ahead <= AHEAD; ahead++) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)).toISOString().slice(0, 10);
    await sql.rows('SELECT log.ensure_month($1::date)', [month]);
  }
}
