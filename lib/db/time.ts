import type { Sql } from './sql';

/** The database's wall clock now (not the transaction's start): expiry is judged by this, after the row lock. */
export async function databaseTime(tx: Sql): Promise<Date> {
  const [row] = await tx.rows<{ now: Date }>('SELECT clock_timestamp() AS now');
  return row!.now;
}
