import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { sessionStream } from '@/lib/log';
import type { saidOf } from './rules';
import type { ErasureView } from './schema';

/** The events by which texts of this session were destroyed. */
export async function erasuresOf(sessionId: string): Promise<Parameters<typeof saidOf>[1]> {
  const rows = await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = $1 AND type = 'payload.erased' ORDER BY seq`, [sessionStream(sessionId)]);
  return rows.map(({ body }) => JSON.parse(body) as Parameters<typeof saidOf>[1][number]);
}

type Row = Omit<ErasureView, 'askedBy' | 'askedAt' | 'doneAt'> & { askedBy: { kind: string; id: string; name?: string }; askedAt: Date; doneAt: Date | null };
const COLUMNS = `id, kind, session_id AS "sessionId", why, asked_by AS "askedBy", asked_at AS "askedAt", done_at AS "doneAt", payloads, sessions`;

const nameOf = ({ kind, id, name }: Row['askedBy']) => (kind === 'system' ? 'the clock' : kind === 'host' ? `${id} on the host` : (name ?? id));
const view = (row: Row): ErasureView => ({ ...row, askedBy: nameOf(row.askedBy), askedAt: row.askedAt.toISOString(), doneAt: row.doneAt?.toISOString() ?? null });

/** What was erased last, or is about to be; the newest first. */
export async function listErasures(ctx: Context, limit: number): Promise<ErasureView[]> {
  authorise(ctx, 'setting.read');
  return (await sql.rows<Row>(`SELECT ${COLUMNS} FROM erasure ORDER BY id DESC LIMIT $1`, [limit])).map(view);
}

/** Whether all of a session's texts were erased, or are about to be; undefined for neither. */
export async function sessionErasure(ctx: Context, sessionId: string): Promise<ErasureView | undefined> {
  authorise(ctx, 'session.read');
  return (await sql.rows<Row>(`SELECT ${COLUMNS} FROM erasure WHERE session_id = $1 ORDER BY id DESC LIMIT 1`, [sessionId])).map(view)[0];
}

/** How many texts of each class are there, and how many were erased. */
export async function countPayloads(ctx: Context): Promise<Record<string, { kept: number; erased: number }>> {
  authorise(ctx, 'setting.read');
  const rows = await sql.rows<{ kind: string; kept: number; erased: number }>(`SELECT kind, count(*) FILTER (WHERE erased_at IS NULL)::float8 AS kept, count(*) FILTER (WHERE erased_at IS NOT NULL)::float8 AS erased FROM payload GROUP BY kind`);
  return Object.fromEntries(rows.map(({ kind, kept, erased }) => [kind, { kept, erased }]));
}
