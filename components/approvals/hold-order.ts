import { comparePlaces, placeOf } from './queue-stretch';
import type { QueueAsk } from './queue-address';
import type { ApprovalRow } from './view';

type Row = Pick<ApprovalRow, 'id' | 'yours' | 'decideBy' | 'requestedAt' | 'decidedAt'>;

/**
 * The list as a person sees it while the pointer or the focus is in it: nothing moves, nothing leaves, and what was asked since is not
 * shown. `held`: the rows when they came in, or null when the list is free; `left`: what became of rows that are no longer in the list.
 * What is read further down joins behind.
 */
export function holdOrder<R extends Row>(fresh: readonly R[], held: { rows: readonly R[]; since: string } | null, left: readonly R[], order: Pick<QueueAsk, 'show' | 'sort'>): R[] {
  if (!held) return [...fresh];
  const now = new Map([...left, ...fresh].map((row) => [row.id, row]));
  const known = new Set(held.rows.map((row) => row.id));
  const last = held.rows.at(-1);
  const behind = fresh.filter((row) => !known.has(row.id) && row.requestedAt <= held.since && (last === undefined || comparePlaces(placeOf(row, order), placeOf(last, order), order) > 0));
  return [...held.rows.map((row) => now.get(row.id) ?? row), ...behind];
}

/** What is known of rows that left while the list holds still: each is asked after only while it is in view, and what was told of it then stays told. */
export const stillLeft = <R extends Pick<Row, 'id'>>(before: readonly R[], told: readonly R[]): R[] => [...new Map([...before, ...told].map((row) => [row.id, row])).values()];

/** Where the focus goes when a row leaves: to the next one, or the last. */
export function nextAfter(ids: readonly string[], leaving: string): string | undefined {
  const at = ids.indexOf(leaving);
  return at === -1 ? ids[0] : (ids[at + 1] ?? ids[at - 1]);
}
