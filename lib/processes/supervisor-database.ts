import { unavailable } from '@/lib/errors';
import { startEmbedded, type EmbeddedServer } from '@/lib/db/embedded';
import { ensureOwnDatabase } from '@/lib/db/embedded-database';
import { migrate } from '@/lib/db/migrate';
import { ensureRoles, type RoleUrls } from '@/lib/db/roles';
import { watchDatabase, type Watch } from '@/lib/db/watch';
import type { Env } from '@/lib/env';
import { reportEvent, reportLine, seconds } from './supervisor-report';

export type Database = {
  ownerUrl: string;
  roles: RoleUrls;
  stop(): Promise<void>;
};

type Opened = { ownerUrl: string; watch: Watch; embedded?: EmbeddedServer };

/** Opens, migrates and guards the database; `onMoved` is called when it came back under other addresses. */
export async function openDatabase(env: Env, onMoved: (database: Database) => void): Promise<Database> {
  let stopping = false;
  const since = performance.now();
  let opened = env.databaseUrl ? await openGiven(env, env.databaseUrl) : await openOwn(env);
  reportLine('database', `Postgres ${await opened.watch.version()}, ${where(opened)}`, performance.now() - since);

  const migratedSince = performance.now();
  let roles: RoleUrls;
  try {
    const applied = await migrate(opened.ownerUrl);
    reportLine('schema', applied.length === 0 ? 'up to date' : `${applied.length} migration${applied.length === 1 ? '' : 's'} applied`, performance.now() - migratedSince);
    roles = await rolesFor(env, opened);
    if (roles.kind === 'shared') reportLine('roles', `none of their own, since ${roles.reason}:\n             that the log is append-only then rests on its checkpoints.`);
  } catch (error) {
    await close(opened);
    throw error;
  }
  const database: Database = {
    get ownerUrl() { return opened.ownerUrl; },
    get roles() { return roles; },
    async stop() {
      stopping = true;
      // One that is just coming up again would be left behind.
      await recovering;
      await close(opened);
    },
  };

  let recovering: Promise<void> | undefined;
  function guard(): void {
    const watched = opened.watch;
    watched.onEnd(() => { if (!stopping && watched === opened.watch) recovering = recover(); });
  }

  async function recover(): Promise<void> {
    const lostAt = performance.now();
    reportEvent(opened.embedded ? 'Postgres ended; starting it again.' : 'The database is out of reach; nothing is allowed until it is back.');
    for (let attempt = 1; !stopping; attempt++) {
      try {
        const before = opened.ownerUrl;
        opened = env.databaseUrl ? await openGiven(env, env.databaseUrl) : await openOwn(env);
        if (stopping) return;
        guard();
        reportEvent(`${opened.embedded ? 'Postgres' : 'The database'} is back (${seconds(performance.now() - lostAt)}).`);
        if (opened.ownerUrl !== before) { roles = await rolesFor(env, opened); onMoved(database); }
        return;
      } catch (error) {
        if (attempt === 1 || attempt % 10 === 0) reportEvent(`It did not come back yet: ${(error as Error).message}`);
        for (let left = Math.min(5_000, 250 * attempt); left > 0 && !stopping; left -= 250) await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }

  guard();
  return database;
}

async function openOwn(env: Env): Promise<Opened> {
  const embedded = await startEmbedded({ dataDir: env.dataDir });
  try {
    const ownerUrl = await ensureOwnDatabase(embedded.superuserUrl, env.dataDir);
    const watch = await watchDatabase(ownerUrl);
    if (await onlyOne(watch)) return { ownerUrl, watch, embedded };
    await watch.close();
    throw unavailable(`A Countersign already runs on ${env.dataDir}. Stop that one first, or give this one its own: DATA_DIR=.data2 PORT=3010 CONTROL_PORT=3011 npm start`);
  } catch (error) {
    // One that was taken over may serve somebody else.
    if (!embedded.adopted) await embedded.stop();
    throw error;
  }
}

async function openGiven(env: Env, url: string): Promise<Opened> {
  const ownerUrl = env.migrationDatabaseUrl ?? url;
  try {
    return { ownerUrl, watch: await watchDatabase(ownerUrl) };
  } catch (cause) {
    throw unavailable(`The database at ${address(ownerUrl)} did not answer: ${(cause as Error).message}. Check ${env.migrationDatabaseUrl ? 'MIGRATION_DATABASE_URL' : 'DATABASE_URL'}, or unset it to use the embedded one.`, undefined, cause);
  }
}

/** A killed holder's connection may take a moment to be noticed. */
async function onlyOne(watch: Watch): Promise<boolean> {
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await watch.tryLock('countersign/supervisor')) return true;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return false;
}

async function rolesFor(env: Env, opened: Opened): Promise<RoleUrls> {
  const roles = await ensureRoles(opened.ownerUrl, env.dataDir, opened.embedded !== undefined);
  return roles.kind === 'shared' && env.databaseUrl ? { ...roles, url: env.databaseUrl } : roles;
}

async function close(opened: Opened): Promise<void> {
  await opened.watch.close();
  await opened.embedded?.stop();
}

const where = (opened: Opened) => (opened.embedded ? `embedded on 127.0.0.1:${opened.embedded.port}${opened.embedded.adopted ? ', taken over as it ran' : ''}` : address(opened.ownerUrl));

/** An address without its credentials. */
function address(url: string): string {
  try { const { host, pathname } = new URL(url); return `${host}${pathname}`; } catch { return 'the given address'; }
}
