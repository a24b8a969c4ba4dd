import { invalid } from '@/lib/errors';
import { readFeed, readStream, type FeedPlace } from '@/lib/log';
import { logQuery } from '../_queries';
import { cut, operation, pageOf } from '../_rest';

/** One stream from a number on, or everything from a place on. The feed always has a next: it is how to go on later. */
export const GET = operation({ verb: 'log.read', query: logQuery }, async ({ query, request }) => {
  const { stream, after, limit } = query;
  if (stream !== undefined) {
    if (after !== undefined && !/^\d{1,15}$/.test(after)) throw badPlace('must be the number of an event');
    return pageOf(request, cut(await readStream(stream, Number(after ?? 0), limit + 1), limit, (last) => String(last.seq)));
  }
  const from = after === undefined ? undefined : readPlace(after);
  const { events, last } = await readFeed(from, limit);
  const end = last ?? from;
  return pageOf(request, { items: events, next: end ? writePlace(end) : null });
});

const writePlace = (place: FeedPlace) => `${place.xid}.${place.seq}.${place.stream}`;

function readPlace(text: string): FeedPlace {
  const match = /^(\d{1,19})\.(\d{1,15})\.([a-z]+\/[a-z0-9-]+)$/.exec(text);
  if (!match) throw badPlace('must be the "next" of an earlier answer');
  return { xid: match[1]!, seq: Number(match[2]), stream: match[3]! };
}

const badPlace = (message: string) => invalid(`/after: ${message}`, [{ path: '/after', message }]);
