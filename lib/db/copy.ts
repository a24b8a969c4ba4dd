import type { Readable, Writable } from 'node:stream';
import { from, to, type CopyStreamQuery, type CopyToStreamQuery } from 'pg-copy-streams';
import { pool, sqlOf } from './pool';
import type { Sql } from './sql';

/** One connection that can also stream whole tables out and in (COPY, text format). Names in statements are the caller's to quote. */
export type Copying = Sql & {
  copyOut(statement: string): Readable & { rowCount: number };
  copyIn(statement: string): Writable & { rowCount: number };
};

/** Gives `work` a connection of its own to the address; what it began and did not commit is rolled back. */
export async function withCopying<T>(url: string, work: (db: Copying) => Promise<T>): Promise<T> {
  const client = await pool(url).connect();
  let broken: Error | undefined;
  try {
    return await work({
      ...sqlOf(client),
      copyOut: (statement): CopyToStreamQuery => client.query(to(statement)),
      copyIn: (statement): CopyStreamQuery => client.query(from(statement)),
    });
  } catch (error) {
    // The state of a stream that broke off is unknown; such a connection is not used again.
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}
