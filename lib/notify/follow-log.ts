import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { lastUpTo, readOn, readUnsettled, type Followed } from '@/lib/log';
import { makeNotices, type ClassesOf } from './make-notices';
import { momentOf, wantedEvents } from './moments';

const PAGE = 2_000;

/**
 * Reads on in the log and makes what is to be told of it. How far it has read commits with what it made, and each moment has one row a channel,
 * so nothing is told of twice, however many workers there are and whenever one ends. What is committed but not settled is told of already: a
 * long transaction elsewhere delays no page.
 */
export async function followLog(ctx: Context, classesOf: ClassesOf): Promise<{ made: number; full: boolean; unsettled: boolean }> {
  authorise(ctx, 'log.read');
  return sqlTransaction(async (tx) => {
    const after = await takePlace(tx, ctx);
    // Looked at before what is settled: what settles in between is seen by the next statement.
    const ahead = await readUnsettled(tx, wantedEvents(PAGE));
    const page = await readOn(tx, after, wantedEvents(PAGE));
    const early = [...ahead.events].sort((a, b) => (a.stream === b.stream ? a.seq - b.seq : a.stream < b.stream ? -1 : 1));
    const made = await makeNotices(tx, [...page.events, ...early].flatMap((event) => momentOf(event) ?? []), classesOf);
    if (page.last) await tx.rows('UPDATE notice_cursor SET stream = $1, seq = $2, at = $3 WHERE id = 1', [page.last.stream, page.last.seq, page.last.at]);
    return { made, full: page.full, unsettled: ahead.any };
  });
}

/** One worker at a time; the lock first and the place by a statement of its own, which sees what the one before has done. Who never was here begins at the end. */
async function takePlace(tx: Sql, ctx: Context): Promise<Followed | undefined> {
  const [locked] = await tx.rows('SELECT 1 FROM notice_cursor WHERE id = 1 FOR UPDATE');
  if (!locked) {
    const begin = ctx.now();
    const last = await lastUpTo(tx, begin);
    await tx.rows('INSERT INTO notice_cursor (id, stream, seq, at) VALUES (1, $1, $2, $3) ON CONFLICT DO NOTHING', [last?.stream ?? null, last?.seq ?? null, last?.at ?? begin]);
    await tx.rows('SELECT 1 FROM notice_cursor WHERE id = 1 FOR UPDATE');
  }
  const [row] = await tx.rows<{ stream: string | null; seq: bigint | null; at: Date }>('SELECT stream, seq, at FROM notice_cursor WHERE id = 1');
  return row?.stream ? { stream: row.stream, seq: Number(row.seq), at: row.at } : undefined;
}
