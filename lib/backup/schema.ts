import { z } from 'zod';

export const BACKUP_FORMAT = 'countersign-backup';
export const BACKUP_VERSION = 1;
export const BACKUP_TYP = 'backup+jws';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const name = z.string().regex(/^(public|log)\.[a-z_][a-z0-9_]*$/);
const column = z.string().regex(/^[a-z_][a-z0-9_]*$/);

/** The file's first line. The format and version are read before anything else, so that a newer file is told apart from a damaged one. */
export const headerSchema = z.object({ format: z.literal(BACKUP_FORMAT), version: z.int() });
const wholeHeader = z.strictObject({ format: z.literal(BACKUP_FORMAT), version: z.literal(BACKUP_VERSION), backupId: z.string(), madeAt: z.string(), source: z.string() });
export type BackupHeader = z.infer<typeof wholeHeader>;

const tableSchema = z.strictObject({ name, columns: z.array(column).min(1), rows: count, bytes: count, sha256: hex32 });

/** What the file holds. `places` is how many transactions wrote the events: their order, counted from one. */
export const manifestSchema = z.strictObject({
  ...wholeHeader.shape, migrations: z.array(z.string()).min(1), checkpoint: z.strictObject({ index: count, hash: z.string() }), events: count, places: count,
  months: z.array(z.string().regex(/^\d{4}-\d{2}-01$/)), sequences: z.array(z.strictObject({ name, value: z.string().regex(/^-?\d+$/) })), tables: z.array(tableSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type TableEntry = z.infer<typeof tableSchema>;

/** What is signed: `sha256` is over every byte before the footer, the manifest among them. */
export const sealSchema = z.strictObject({ backupId: z.string().min(1).max(64), madeAt: z.iso.datetime(), version: z.literal(BACKUP_VERSION), sha256: hex32, events: count, checkpoint: count });
export type Seal = z.infer<typeof sealSchema>;

/** A line of the file between header and footer; `bytes` is followed by that many bytes of rows and a line feed. */
export const partSchema = z.union([
  z.strictObject({ table: name, columns: z.array(column).min(1) }),
  z.strictObject({ bytes: z.int().min(1).max(16 * 1024 * 1024) }),
  z.strictObject({ manifest: manifestSchema }),
  z.strictObject({ footer: z.string() }),
]);
