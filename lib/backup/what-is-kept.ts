import type { Sql } from '@/lib/db';

/**
 * What opens a door for a while, or is about a process that runs: not in a backup, since nobody should come in by it again.
 * Numbers that were used once (assertions, stop keys' nonces) are in it: without them they could be used again.
 */
export const leftOut: ReadonlySet<string> = new Set(['public._prisma_migrations', 'public.sign_in', 'public.live_ticket', 'public.passkey_challenge', 'public.setup_link', 'public.sign_in_attempt', 'public.pending_request', 'public.gateway', 'public.control_process', 'public.socket_io_attachments']);

export type Table = { name: string; columns: string[] };

/** Every table that is kept, each after those that it refers to. Read from the database itself: a new table is never forgotten. */
export async function keptTables(tx: Sql): Promise<Table[]> {
  const tables = await tx.rows<Table>(
    `SELECT n.nspname || '.' || c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE n.nspname IN ('public', 'log') AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY 1 ORDER BY 1`,
  );
  const references = await tx.rows<{ from: string; to: string }>(
    `SELECT DISTINCT fn.nspname || '.' || f.relname AS "from", tn.nspname || '.' || t.relname AS "to" FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
     JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace WHERE k.contype = 'f' AND k.conrelid <> k.confrelid`,
  );
  return inOrder(tables.filter(({ name }) => !leftOut.has(name)), references);
}

/** Each table after what it refers to. A reference to a table that is left out can't be kept, and no such one may exist. */
export function inOrder(tables: readonly Table[], references: readonly { from: string; to: string }[]): Table[] {
  const names = new Set(tables.map(({ name }) => name));
  const dangling = references.find(({ from, to }) => names.has(from) && !names.has(to));
  if (dangling) throw new Error(`${dangling.from} refers to ${dangling.to}, which no backup holds; decide in lib/backup/what-is-kept.ts what becomes of it`);
  const done: Table[] = [];
  const placed = new Set<string>();
  while (done.length < tables.length) {
    const next = tables.filter(({ name }) => !placed.has(name) && references.every(({ from, to }) => from !== name || !names.has(to) || placed.has(to)));
    if (next.length === 0) throw new Error('tables refer to each other in a circle, so none of them can be loaded first');
    for (const table of next) { done.push(table); placed.add(table.name); }
  }
  return done;
}

/** The name as SQL takes it. */
export const quoted = (name: string): string => name.split('.').map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
export const quotedList = (columns: readonly string[]): string => columns.map(quoted).join(', ');
