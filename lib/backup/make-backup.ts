import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { withCopying, type Copying } from '@/lib/db';
import { unavailable } from '@/lib/errors';
import { BACKUP_FORMAT, BACKUP_VERSION, type BackupHeader, type Manifest, type Seal, type TableEntry } from './schema';
import type { BegunBackup } from './seal-backup';
import { keptTables, quoted, type Table } from './what-is-kept';

const FRAME = 256 * 1024;

/** `ownerUrl`: only the owner reads every table. `seal` has the worker sign what was written and put it on record, before the file has its name. */
export type BackupDeps = { ownerUrl: string; file: string; begun: BegunBackup; seal(seal: Seal): Promise<string> };

/** Writes the whole database as of one moment into a new file that only its owner can read. It is complete or not there at all. */
export async function makeBackup({ ownerUrl, file, begun, seal }: BackupDeps): Promise<{ manifest: Manifest; bytes: number; sha256: string }> {
  const aside = `${file}.${process.pid}.part`;
  const handle = await open(aside, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => { throw unavailable(`${path.dirname(file)} cannot be written to (${error.code ?? 'unknown error'}). Choose another --out.`); });
  try {
    const writer = new Writer(handle);
    const header: BackupHeader = { format: BACKUP_FORMAT, version: BACKUP_VERSION, backupId: begun.backupId, madeAt: begun.madeAt, source: begun.source };
    await writer.line(header);
    const manifest = await withCopying(ownerUrl, async (db) => {
      await db.rows('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await db.rows(`SET LOCAL datestyle = 'ISO'`);
      await db.rows(`SET LOCAL timezone = 'UTC'`);
      const tables: TableEntry[] = [];
      for (const table of await keptTables(db)) tables.push(await copyTable(db, table, writer));
      const about = await describe(db);
      await db.rows('COMMIT');
      return { ...header, checkpoint: begun.checkpoint, ...about, tables } satisfies Manifest;
    });
    await writer.line({ manifest });
    const sha256 = writer.digest();
    const jws = await seal({ backupId: begun.backupId, madeAt: begun.madeAt, version: BACKUP_VERSION, sha256, events: manifest.events, checkpoint: begun.checkpoint.index });
    await writer.line({ footer: jws });
    await handle.sync();
    await handle.close();
    await rename(aside, file);
    return { manifest, bytes: writer.bytes, sha256 };
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(aside, { force: true });
    throw error;
  }
}

/**
 * Events are kept with the order of their transactions, counted from one: a transaction's own number means something on one
 * server only, and another's feed would wait for numbers that are years ahead.
 */
const selectOf = ({ name, columns }: Table) =>
  `SELECT ${columns.map((column) => (name === 'log.event' && column === 'xid' ? 'dense_rank() OVER (ORDER BY xid) AS xid' : quoted(column))).join(', ')} FROM ${quoted(name)}`;

async function copyTable(db: Copying, table: Table, writer: Writer): Promise<TableEntry> {
  await writer.line({ table: table.name, columns: table.columns });
  const sha = createHash('sha256');
  let bytes = 0;
  let held: Buffer[] = [];
  let size = 0;
  const flush = async () => {
    if (size === 0) return;
    const rows = Buffer.concat(held);
    held = [];
    size = 0;
    sha.update(rows);
    bytes += rows.length;
    await writer.frame(rows);
  };
  const stream = db.copyOut(`COPY (${selectOf(table)}) TO STDOUT`);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    held.push(chunk);
    size += chunk.length;
    if (size >= FRAME) await flush();
  }
  await flush();
  return { ...table, rows: stream.rowCount, bytes, sha256: sha.digest('hex') };
}

async function describe(db: Copying): Promise<Pick<Manifest, 'migrations' | 'events' | 'places' | 'months' | 'sequences'>> {
  const migrations = await db.rows<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1');
  const [log] = await db.rows<{ events: number; places: number }>('SELECT count(*)::float8 AS events, count(DISTINCT xid)::float8 AS places FROM log.event');
  const months = await db.rows<{ month: string }>(`SELECT substr(c.relname, 7, 4) || '-' || substr(c.relname, 12, 2) || '-01' AS month FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'log.event'::regclass AND c.relname ~ '^event_\\d{4}_\\d{2}$' ORDER BY 1`);
  const sequences = await db.rows<{ name: string; value: string }>(`SELECT schemaname || '.' || sequencename AS name, last_value::text AS value FROM pg_sequences WHERE schemaname IN ('public', 'log') AND last_value IS NOT NULL ORDER BY 1`);
  return { migrations: migrations.map(({ name }) => name), ...log!, months: months.map(({ month }) => month), sequences };
}

/** Lines and frames into the file, hashed as they go. */
class Writer {
  readonly #sha = createHash('sha256');
  bytes = 0;
  constructor(private readonly handle: FileHandle) {}

  async line(value: object): Promise<void> { await this.#write(Buffer.from(`${JSON.stringify(value)}\n`)); }

  async frame(rows: Buffer): Promise<void> {
    await this.line({ bytes: rows.length });
    await this.#write(rows);
    await this.#write(Buffer.from('\n'));
  }

  digest(): string { return this.#sha.copy().digest('hex'); }

  async #write(bytes: Buffer): Promise<void> {
    this.#sha.update(bytes);
    this.bytes += bytes.length;
    await this.handle.writeFile(bytes);
  }
}
