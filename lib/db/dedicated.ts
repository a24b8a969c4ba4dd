import pg from 'pg';
import type { Sql } from './sql';

/** A connection of one's own, for a reader or writer that must not share: prepared statements live as long as it does. */
export type Dedicated = Sql & {
  /** Runs a statement that Postgres plans once for the life of the connection. */
  prepared<R extends object>(name: string, text: string, values: readonly unknown[]): Promise<R[]>;
  end(): Promise<void>;
};

/** Times are milliseconds. `onLost` is called once, when a connection that stood ends without `end`; one that never came about rejects instead. */
export type DedicatedOptions = { url: string; connectMs?: number; statementMs?: number; queryMs?: number; onLost?: () => void };

export async function dedicatedConnection(options: DedicatedOptions): Promise<Dedicated> {
  const client = new pg.Client({
    connectionString: options.url, keepAlive: true, connectionTimeoutMillis: options.connectMs ?? 5_000,
    ...(options.statementMs === undefined ? {} : { statement_timeout: options.statementMs }), ...(options.queryMs === undefined ? {} : { query_timeout: options.queryMs }),
  });
  let over = true;
  const lost = () => {
    if (over) return;
    over = true;
    options.onLost?.();
  };
  client.on('error', lost);
  client.on('end', lost);
  await client.connect();
  over = false;
  return {
    rows: async (text, params = []) => (await client.query(text, params as unknown[])).rows,
    prepared: async (name, text, values) => (await client.query({ name, text, values: values as unknown[] })).rows,
    async end() {
      over = true;
      await client.end();
    },
  };
}
