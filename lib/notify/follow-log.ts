import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { keepPlace, readOn, readUnsettled, takePlace } from '@/lib/log';
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
    // Who never was here begins at the end.
    const after = await takePlace(tx, 'notice_cursor', ctx.now());
    // Looked at before what is settled: what settles in between is seen by the next statement.
    const ahead = await readUnsettled(tx, wantedEvents(PAGE));
    const page = await readOn(tx, after, wantedEvents(PAGE));
    const early = [...ahead.events].sort((a, b) => (a.stream === b.stream ? a.seq - b.seq : a.stream < b.stream ? -1 : 1));
    const made = await makeNotices(tx, [...page.events, ...early].flatMap((event) => momentOf(event) ?? []), classesOf);
    if (page.last) await keepPlace(tx, 'notice_cursor', page.last);
    return { made, full: page.full, unsettled: ahead.any };
  });
}
