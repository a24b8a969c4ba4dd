import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Context } from '@/lib/context';
import { withCopying, type Copying } from '@/lib/db';
import { conflict, invalid } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { engageAnew } from '@/lib/switches';
import { readBackup } from './read-backup';
import type { Manifest } from './schema';
import { keptTables, quoted, quotedList } from './what-is-kept';

export type Restored = { backupId: string; madeAt: string; events: number; tables: number; tokensEnded: number; orderId: string };

/**
 * Loads a backup into an empty database of the same migrations, in one transaction, and stops everything within it: whatever was
 * stopped, ended or taken away since the backup is missing from it. The file is read twice: whole and checked first, then loaded.
 */
export async function restoreBackup(ctx: Context, deps: { ownerUrl: string; file: string; keys: KeySet }): Promise<Restored> {
  const { manifest, sha256 } = await readBackup(deps.file, deps.keys, async () => {});
  return withCopying(deps.ownerUrl, async (db) => {
    await holdMigrations(db, manifest);
    await requireEmpty(db);
    await passTransactions(db, manifest.places);
    await db.rows('BEGIN');
    // Whatever happens from here on is rolled back with the connection.
    await db.rows(`SELECT pg_advisory_xact_lock(hashtext('countersign/restore'))::text`);
    await requireEmpty(db);
    await db.rows(`SET LOCAL datestyle = 'ISO'`);
    await db.rows(`SET LOCAL timezone = 'UTC'`);
    for (const month of manifest.months) await db.rows('SELECT log.ensure_month($1::date)', [month]);
    await db.rows('DELETE FROM switch_generation');
    const loaded = await load(db, deps, manifest);
    if (loaded !== sha256) throw invalid('The file was changed while it was being loaded. Nothing was kept.');
    for (const { name, value } of manifest.sequences) await db.rows('SELECT setval($1::regclass, $2::bigint)', [quoted(name), value]);
    const tokens = await db.rows<{ id: string; personId: string | null; serviceAccountId: string | null }>(`UPDATE api_token SET revoked_at = $1 WHERE revoked_at IS NULL RETURNING id, person_id AS "personId", service_account_id AS "serviceAccountId"`, [ctx.now()]);
    await record(db, ctx, [
      organisationEvent('backup.restored', { backupId: manifest.backupId, madeAt: manifest.madeAt, sha256, events: manifest.events, tokensEnded: tokens.length }),
      ...tokens.map(({ id, personId, serviceAccountId }) => organisationEvent('token.revoked', { tokenId: id, personId, ...(serviceAccountId ? { serviceAccountId } : {}) })),
    ]);
    const order = await engageAnew(db, ctx, { scope: 'global', reason: whyStopped(manifest.madeAt) });
    await db.rows('COMMIT');
    return { backupId: manifest.backupId, madeAt: manifest.madeAt, events: manifest.events, tables: manifest.tables.length, tokensEnded: tokens.length, orderId: order.id };
  });
}

const whyStopped = (madeAt: string) =>
  `Restored from a backup of ${madeAt}. What was stopped, decided, erased, deactivated or taken away since then is missing: agents and people that lost their rights have them again. Look through agents and people before you release.`;

async function load(db: Copying, deps: { file: string; keys: KeySet }, manifest: Manifest): Promise<string> {
  const known = new Map((await keptTables(db)).map((table) => [table.name, new Set(table.columns)]));
  const rows = new Map(manifest.tables.map((table) => [table.name, table.rows]));
  let into: { name: string; stream: ReturnType<Copying['copyIn']>; done: Promise<void> } | undefined;
  const close = async () => {
    if (!into) return;
    const { name, stream, done } = into;
    into = undefined;
    stream.end();
    await done;
    if (stream.rowCount !== rows.get(name)) throw invalid(`${name} came to ${stream.rowCount} rows, and ${rows.get(name)} were written. Nothing was kept.`);
  };
  const { sha256 } = await readBackup(deps.file, deps.keys, async (part) => {
    if (part.kind === 'table') {
      await close();
      const columns = known.get(part.name);
      if (!columns || part.columns.some((column) => !columns.has(column))) throw invalid(`This backup has a table or column that this database does not have (${part.name}). Nothing was kept.`);
      const stream = db.copyIn(`COPY ${quoted(part.name)} (${quotedList(part.columns)}) FROM STDIN`);
      into = { name: part.name, stream, done: finished(stream) };
      // A refusal by the database is told by whoever waits; until then it must not end the process.
      into.done.catch(() => {});
      return;
    }
    const open = into!;
    if (!open.stream.write(part.rows)) await Promise.race([once(open.stream, 'drain'), open.done]);
  });
  await close();
  return sha256;
}

async function holdMigrations(db: Copying, manifest: Manifest): Promise<void> {
  const here = (await db.rows<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL')).map(({ name }) => name);
  const missing = manifest.migrations.filter((name) => !here.includes(name));
  const more = here.filter((name) => !manifest.migrations.includes(name));
  if (missing.length > 0) throw conflict(`This backup was made by a newer version: ${missing.join(', ')} is unknown here. Restore it with the version that made it. Nothing was loaded.`);
  if (more.length > 0) throw conflict(`This backup was made by an older version, without ${more.join(', ')}. Restore it with the version that made it, then start this one, which migrates it. Nothing was loaded.`);
}

async function requireEmpty(db: Copying): Promise<void> {
  for (const { name } of await keptTables(db)) {
    if (name === 'public.switch_generation') continue;
    const [found] = await db.rows(`SELECT 1 FROM ${quoted(name)} LIMIT 1`);
    if (found) throw conflict(`This database is not empty: ${name} has rows. Restore into a new one: another DATA_DIR, or another DATABASE_URL. Nothing was loaded.`);
  }
}

/**
 * The feed shows what is behind every running transaction, by number. The events' places are counted from one, so this server
 * must have counted further than they reach before they are loaded.
 */
async function passTransactions(db: Copying, places: number): Promise<void> {
  const [now] = await db.rows<{ at: string }>('SELECT pg_current_xact_id()::text AS at');
  const missing = places + 1 - Number(now!.at);
  if (missing <= 0) return;
  await db.rows('SET synchronous_commit = off');
  await db.rows(`DO $$ BEGIN FOR i IN 1..${Math.ceil(missing)} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`);
  await db.rows('RESET synchronous_commit');
}
