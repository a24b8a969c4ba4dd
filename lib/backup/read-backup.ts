import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { invalid } from '@/lib/errors';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { verifyJws } from '@/lib/signing';
import { BACKUP_TYP, BACKUP_VERSION, headerSchema, partSchema, sealSchema, type Manifest } from './schema';

const CHUNK = 1024 * 1024;
const LONGEST_LINE = 4 * 1024 * 1024;

/** What a reader of the file is handed, in its order. */
export type BackupPart = { kind: 'table'; name: string; columns: string[] } | { kind: 'rows'; rows: Buffer };

/**
 * Reads the file from end to end and hands over its parts; what it says of itself and its signature are checked before the last
 * part is behind it, and everything that does not fit throws `invalid` with a sentence. Nothing may be kept of a reading that threw.
 */
export async function readBackup(file: string, keys: KeySet, take: (part: BackupPart) => Promise<void>): Promise<{ manifest: Manifest; sha256: string; kid: string }> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => { throw invalid(error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${error.code ?? 'unknown error'}).`); });
  try {
    return await read(new Lines(handle), keys, take);
  } finally {
    await handle.close();
  }
}

async function read(lines: Lines, keys: KeySet, take: (part: BackupPart) => Promise<void>): Promise<{ manifest: Manifest; sha256: string; kid: string }> {
  readHeader(await lines.line().catch(() => undefined));
  const seen = new Map<string, { bytes: number; sha256: string }>();
  let table: { name: string; bytes: number; sha: ReturnType<typeof createHash> } | undefined;
  let manifest: Manifest | undefined;
  const close = () => { if (table) seen.set(table.name, { bytes: table.bytes, sha256: table.sha.digest('hex') }); table = undefined; };
  for (;;) {
    const before = lines.digest();
    const part = partSchema.safeParse(json(await lines.line()));
    if (!part.success || (manifest && !('footer' in part.data))) throw damaged(lines);
    if ('table' in part.data) {
      close();
      if (seen.has(part.data.table)) throw damaged(lines);
      table = { name: part.data.table, bytes: 0, sha: createHash('sha256') };
      await take({ kind: 'table', name: part.data.table, columns: part.data.columns });
    } else if ('bytes' in part.data) {
      if (!table) throw damaged(lines);
      const rows = await lines.bytes(part.data.bytes);
      table.bytes += rows.length;
      table.sha.update(rows);
      await take({ kind: 'rows', rows });
    } else if ('manifest' in part.data) {
      close();
      manifest = part.data.manifest;
      holdTables(manifest, seen);
    } else {
      if (!manifest) throw damaged(lines);
      const kid = holdSeal(part.data.footer, keys, manifest, before);
      if (await lines.more()) throw invalid('Something stands behind the end of this backup: it was changed. Nothing was loaded.');
      return { manifest, sha256: before, kid };
    }
  }
}

function readHeader(line: string | undefined): void {
  const header = headerSchema.safeParse(json(line ?? ''));
  if (!header.success) throw invalid('This is not a backup of Countersign, or its beginning is damaged. Nothing was loaded.');
  if (header.data.version > BACKUP_VERSION) throw invalid(`This backup has format ${header.data.version}, and this version reads up to ${BACKUP_VERSION}. Restore it with the version that made it, or a newer one. Nothing was loaded.`);
}

function holdTables(manifest: Manifest, seen: ReadonlyMap<string, { bytes: number; sha256: string }>): void {
  for (const { name, bytes, sha256 } of manifest.tables) {
    const found = seen.get(name);
    if (!found) throw invalid(`The table ${name} is missing from this backup: it was changed. Nothing was loaded.`);
    if (found.bytes !== bytes || found.sha256 !== sha256) throw invalid(`The rows of ${name} are not those that were written (their SHA-256 differs): the file is damaged or was changed. Nothing was loaded.`);
  }
  if (seen.size !== manifest.tables.length) throw invalid('This backup holds a table that its list does not name: it was changed. Nothing was loaded.');
}

function holdSeal(jws: string, keys: KeySet, manifest: Manifest, sha256: string): string {
  const signed = verifyJws(jws, { keys, typ: BACKUP_TYP });
  if (!signed.ok) throw invalid(signed.reason === 'unknown_key' ? 'This backup was signed with another checkpoint key than the one here. Put its own keys into DATA_DIR/keys, or give the public one with --key. Nothing was loaded.' : `The signature of this backup does not hold (${signed.reason}): it is damaged or was changed. Nothing was loaded.`);
  const seal = sealSchema.safeParse(signed.payload);
  if (!seal.success || seal.data.sha256 !== sha256 || seal.data.backupId !== manifest.backupId || seal.data.madeAt !== manifest.madeAt) throw invalid('This backup is not what was signed: it is damaged or was changed. Nothing was loaded.');
  return signed.kid;
}

const damaged = (lines: Lines) => invalid(`This backup is damaged at byte ${lines.at}. Nothing was loaded.`);
const json = (text: string): unknown => { try { return JSON.parse(text); } catch { return undefined; } };

/** The file in lines and stretches of bytes, hashed as it is read. */
class Lines {
  readonly #sha = createHash('sha256');
  #held: Buffer = Buffer.alloc(0);
  at = 0;
  constructor(private readonly handle: FileHandle) {}

  digest(): string { return this.#sha.copy().digest('hex'); }

  async more(): Promise<boolean> { return this.#held.length > 0 || (await this.#fill()); }

  async line(): Promise<string> {
    for (let from = 0; ;) {
      const end = this.#held.indexOf(0x0a, from);
      if (end !== -1) return this.#take(end + 1).toString('utf8', 0, end);
      from = this.#held.length;
      if (from > LONGEST_LINE) throw damaged(this);
      if (!(await this.#fill())) throw this.#cut();
    }
  }

  /** So many bytes and the line feed behind them. */
  async bytes(count: number): Promise<Buffer> {
    while (this.#held.length < count + 1) if (!(await this.#fill())) throw this.#cut();
    const rows = this.#take(count + 1);
    if (rows[count] !== 0x0a) throw damaged(this);
    return rows.subarray(0, count);
  }

  #cut() { return invalid('This backup ends before its end: the file was cut off. Nothing was loaded.'); }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    this.#sha.update(taken);
    this.at += count;
    return taken;
  }

  async #fill(): Promise<boolean> {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const { bytesRead } = await this.handle.read(chunk, 0, CHUNK, null);
    if (bytesRead > 0) this.#held = this.#held.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([this.#held, chunk.subarray(0, bytesRead)]);
    return bytesRead > 0;
  }
}
