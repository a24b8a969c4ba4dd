import pg from 'pg';
import { againWhenEnded } from './failures';
import type { Sql } from './sql';

/** Postgres's 64-bit integers as bigint, timestamps as Date (pg's default). Of these pools alone: Prisma shares the driver's own table and expects text there. */
const types: pg.CustomTypesConfig = { getTypeParser: ((oid: number, format?: 'text') => (oid === 20 ? BigInt : pg.types.getTypeParser(oid, format))) as typeof pg.types.getTypeParser };

const globals = globalThis as { __countersignPools?: Map<string, pg.Pool> };

/** One pool an address, shared by all copies of this module in a process (Next loads several). */
export function pool(url = requiredUrl()): pg.Pool {
  const pools = (globals.__countersignPools ??= new Map());
  let found = pools.get(url);
  if (!found) {
    found = new pg.Pool({ connectionString: url, types, max: Number(process.env.DATABASE_POOL ?? 10), idleTimeoutMillis: 30_000, connectionTimeoutMillis: 5_000, keepAlive: true });
    // An idle connection that the server closed is replaced at the next use; without a listener it would end the process.
    found.on('error', () => {});
    // Likewise one that is in use, between two statements of a transaction: the next statement tells its caller.
    found.on('connect', (client: pg.PoolClient) => { client.on('error', () => {}); });
    pools.set(url, found);
  }
  return found;
}

export function sqlOf(client: pg.Pool | pg.Client | pg.PoolClient): Sql {
  return { rows: async (text, params = []) => (await client.query(text, params as unknown[])).rows };
}

/** Statements outside a transaction, each on any connection of the pool. */
export const sql: Sql = { rows: async (text, params = []) => (await pool().query(text, params as unknown[])).rows };

/**
 * A transaction on one plain connection, for the rooms that must not wait for Prisma (gate, switches, control). One that
 * Postgres chose to end a deadlock is run again, so `work` does nothing outside the database that a second run would repeat.
 */
export const sqlTransaction = <T>(work: (tx: Sql) => Promise<T>, url?: string): Promise<T> => againWhenEnded(() => sqlTransactionOnce(work, url));

/** The same for work that must not be run a second time, because it has told somebody outside in the meantime. */
export async function sqlTransactionOnce<T>(work: (tx: Sql) => Promise<T>, url?: string): Promise<T> {
  const client = await pool(url).connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(sqlOf(client));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => { broken = rollbackError; });
    throw error;
  } finally {
    client.release(broken);
  }
}

export function requiredUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set. `npm start` sets it for each process; set it yourself when you start one alone.');
  return url;
}

export async function closePools(): Promise<void> {
  const pools = [...(globals.__countersignPools?.values() ?? [])];
  globals.__countersignPools?.clear();
  await Promise.all(pools.map((p) => p.end()));
}
