import type { Weighted } from '../spread';
import { LEAST_SEEN, magnitudeOf } from './magnitude';
import { mostValues as most, type Closed, type Held, type SeenValues } from './schema';
import { loosened, type Looseness } from './shape-of';

/** So likely may the next value be a new one, at most, for a new one to say anything. */
export const MOST_SURPRISE = 0.1;
/** Sessions that have to agree, so that one of them with many calls is no habit. */
const LEAST_SESSIONS = 3;

export type Room = { shapes: number; words: number };

/** What an argument held in all sessions together. */
export function learnValues(sessions: readonly SeenValues[], numbers: readonly Weighted[], left: Room): Held {
  const number = magnitudeOf(numbers);
  // A sample stands for all the texts that it was taken of.
  const length = magnitudeOf(sessions.flatMap(({ lengths, shapes, moreShapes }) => lengths.map((value): Weighted => [value, (countOf(shapes) + moreShapes) / lengths.length])));
  const words = closed(sessions.map(({ words: counts, moreWords }) => ({ counts, more: moreWords })), left.words);
  if (words) left.words -= words.values.length;
  const shapes = shapesOf(sessions, left.shapes);
  if (shapes) left.shapes -= shapes.values.length;
  return { ...(number ? { number } : {}), ...(length ? { length } : {}), ...(shapes ? { shapes } : {}), ...(words ? { words } : {}) };
}

/** As closely as they can be told and still be few. */
function shapesOf(sessions: readonly SeenValues[], room: number): Held['shapes'] {
  const least = sessions.reduce((most: number, { looseness }) => Math.max(most, looseness), 0) as Looseness;
  for (const looseness of ([0, 1, 2] as const).filter((one) => one >= least)) {
    const found = closed(sessions.map(({ shapes, moreShapes }) => ({ counts: loosenedCounts(shapes, looseness), more: moreShapes })), room);
    if (found) return { ...found, looseness };
  }
  return undefined;
}

function loosenedCounts(counts: Readonly<Record<string, number>>, looseness: Looseness): Record<string, number> {
  const looser = new Map<string, number>();
  for (const [shape, n] of Object.entries(counts)) {
    const key = loosened(shape, looseness);
    looser.set(key, (looser.get(key) ?? 0) + n);
  }
  return Object.fromEntries(looser);
}

/**
 * The values of several sessions, if they are few and new ones have become rare: as many as were seen in one session only
 * (their share is about the chance that the next is new), and as many as found no room, with what so few calls cannot rule out.
 */
function closed(sessions: readonly { counts: Readonly<Record<string, number>>; more: number }[], room: number): Closed | undefined {
  const all = new Map<string, { sessions: number; calls: number }>();
  let [seen, n, more, agreeing] = [0, 0, 0, 0];
  for (const session of sessions) {
    const entries = Object.entries(session.counts);
    if (entries.length > 0) agreeing += 1;
    seen += entries.length;
    more += session.more;
    n += session.more;
    for (const [value, calls] of entries) {
      const before = all.get(value) ?? { sessions: 0, calls: 0 };
      all.set(value, { sessions: before.sessions + 1, calls: before.calls + calls });
      n += calls;
    }
  }
  if (all.size === 0 || all.size > Math.min(most.perField, room) || agreeing < LEAST_SESSIONS) return undefined;
  const once = [...all.values()].filter((one) => one.sessions === 1).length;
  const surprise = Math.max(once / seen, more / n) + 1 / (n + 2);
  if (n < LEAST_SEEN || surprise > MOST_SURPRISE) return undefined;
  return { n, surprise: Number(surprise.toPrecision(4)), values: [...all].sort((a, b) => b[1].calls - a[1].calls || (a[0] < b[0] ? -1 : 1)).map(([value]) => value) };
}

const countOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
