import pg from 'pg';

/** A connection whose end tells that the server died: an event, where a poll would be late. */
export type Watch = {
  onEnd(then: () => void): void;
  version(): Promise<string>;
  /** A lock that Postgres itself lets go of when its holder dies, however it dies. */
  tryLock(name: string): Promise<boolean>;
  close(): Promise<void>;
};

export async function watchDatabase(url: string): Promise<Watch> {
  const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000, application_name: 'countersign supervisor' });
  client.on('error', () => {});
  await client.connect();
  return {
    onEnd: (then) => { client.once('end', then); },
    version: async () => (await client.query<{ server_version: string }>('SHOW server_version')).rows[0]?.server_version.split(' ')[0] ?? '',
    tryLock: async (name) => (await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS mine', [name])).rows[0]?.mine === true,
    close: () => client.end().catch(() => {}),
  };
}
