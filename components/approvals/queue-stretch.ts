import type { QueueAsk } from './queue-address';
import type { ApprovalRow } from './view';

type Placed = Pick<ApprovalRow, 'id' | 'yours' | 'decideBy' | 'requestedAt' | 'decidedAt'>;
type Order = Pick<QueueAsk, 'show' | 'sort'>;

/** The time that puts a row in its place, and whether the least or the largest comes first. */
const timeOf = (row: Placed, { show, sort }: Order) => Date.parse(show === 'decided' ? (row.decidedAt ?? row.requestedAt) : sort === 'new' ? row.requestedAt : row.decideBy);
const falls = ({ show, sort }: Order) => show === 'decided' || sort === 'new';

/** A row's place in the order of a list, as the server reads it. */
export const placeOf = (row: Placed, order: Order): string => `${order.show === 'decided' || row.yours ? 0 : 1}.${timeOf(row, order)}.${row.id}`;

/** Less than nought where the first stands before the second. */
export function comparePlaces(one: string, other: string, order: Order): number {
  const [a, b] = [one.split('.'), other.split('.')];
  if (a[0] !== b[0]) return Number(a[0]) - Number(b[0]);
  const by = Number(a[1]) - Number(b[1]) || (a[2]! < b[2]! ? -1 : a[2]! > b[2]! ? 1 : 0);
  return falls(order) ? -by : by;
}

type Known<Row> = { rows: readonly Row[]; whole: boolean };

/** The same with whether the list is known to its end: only what was just read says so, as more may have come behind what is known. */
export const withStretch = <Row extends Placed>(known: Known<Row>, fresh: Known<Row>, after: string | null, order: Order): { rows: Row[]; whole: boolean } =>
  ({ rows: applyStretch(known.rows, fresh.rows, { after, whole: fresh.whole }, order), whole: fresh.whole });

/**
 * What is known of a list after a stretch of it was read again: from after a place on, as far as the stretch goes, it is what was read;
 * what lies before and behind stays. `whole`: the stretch came to the list's end.
 */
export function applyStretch<Row extends Placed>(known: readonly Row[], fresh: readonly Row[], { after, whole }: { after: string | null; whole: boolean }, order: Order): Row[] {
  const read = new Set(fresh.map((row) => row.id));
  const last = fresh.at(-1);
  const end = last && placeOf(last, order);
  const outside = known.filter((row) => {
    if (read.has(row.id)) return false;
    const place = placeOf(row, order);
    if (after !== null && comparePlaces(place, after, order) <= 0) return true;
    return !whole && end !== undefined && comparePlaces(place, end, order) > 0;
  });
  return [...outside, ...fresh].sort((one, other) => comparePlaces(placeOf(one, order), placeOf(other, order), order));
}
