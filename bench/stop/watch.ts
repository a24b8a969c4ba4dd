import pg from 'pg';
import { monotonicMs } from '../load/metronome';

/** How many had acknowledged at a moment; moments are of the machine's monotonic clock, taken after the database has answered. */
export type Point = { at: number; acknowledged: number };
export type Seen = { orderId: string; /** As control signed it. */ orderJws: string; fencedAt: number; confirmedAt: number; points: Point[] };

const POLL_MS = 50;

type Row = { id: string; jws: string | null; fenced: boolean; confirmed: boolean; acknowledged: number };

/**
 * Watches the one standing order from outside, on a connection of its own: reads it again at each notice. What it sees is committed, so
 * every time is a little later than the truth, never earlier.
 */
export class Watch {
  private constructor(private readonly client: pg.Client) {}

  static async open(url: string): Promise<Watch> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('LISTEN cs_switch');
    return new Watch(client);
  }

  /** Resolves once the order is confirmed and so many have acknowledged, or when `patienceMs` is over: what was seen by then. */
  async until(expected: number, patienceMs: number): Promise<Seen> {
    const seen: Seen = { orderId: '', orderJws: '', fencedAt: Number.NaN, confirmedAt: Number.NaN, points: [] };
    const end = monotonicMs() + patienceMs;
    let noticed: () => void = () => {};
    let again = true;
    const hint = () => { again = true; noticed(); };
    this.client.on('notification', hint);
    try {
      while (monotonicMs() < end) {
        again = false;
        const { rows: [row] } = await this.client.query<Row>({ name: 'watch', text: WATCH });
        const at = monotonicMs();
        if (row) {
          seen.orderId = row.id;
          seen.orderJws = row.jws ?? '';
          if (row.fenced && Number.isNaN(seen.fencedAt)) seen.fencedAt = at;
          if (row.confirmed && Number.isNaN(seen.confirmedAt)) seen.confirmedAt = at;
          if (row.acknowledged > (seen.points.at(-1)?.acknowledged ?? 0)) seen.points.push({ at, acknowledged: row.acknowledged });
          if (row.confirmed && row.acknowledged >= expected) break;
        }
        if (!again) await new Promise<void>((resolve) => { const timer = setTimeout(resolve, POLL_MS); noticed = () => { clearTimeout(timer); resolve(); }; });
      }
      return seen;
    } finally {
      this.client.off('notification', hint);
    }
  }

  /** Resolves once every gateway has come as far as the switches (what was released is released at each) and nothing of the stop before is left to do. */
  async untilCaughtUp(patienceMs: number): Promise<void> {
    const end = monotonicMs() + patienceMs;
    while (monotonicMs() < end) {
      const { rows } = await this.client.query('SELECT 1 FROM gateway g, switch_generation s WHERE g.closed_at IS NULL AND g.acked_generation < s.generation');
      const { rows: [open] } = await this.client.query<{ n: number }>('SELECT count(*)::int AS n FROM gateway WHERE closed_at IS NULL');
      // What the stop before still has the worker write would be load of our own making.
      const { rows: [dumps] } = await this.client.query<{ n: number }>('SELECT count(*)::int AS n FROM session_dump WHERE done_at IS NULL');
      if (rows.length === 0 && open!.n >= 2 && dumps!.n === 0) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`two gateways did not come as far as the switches, or not all state dumps were written, within ${patienceMs / 1000} s`);
  }

  close(): Promise<void> { return this.client.end(); }
}

const WATCH = `SELECT o.id, o.order_jws AS jws, o.fenced_at IS NOT NULL AS fenced, o.confirmed_at IS NOT NULL AS confirmed,
  (SELECT count(*)::int FROM switch_target t WHERE t.order_id = o.id AND t.state = 'acknowledged') AS acknowledged
FROM switch_order o WHERE o.state <> 'released'`;

/** When each of the targets was acknowledged, by when it was first counted. */
export function timesOf(points: readonly Point[], since: number): number[] {
  const times: number[] = [];
  for (const { at, acknowledged } of points) while (times.length < acknowledged) times.push(at - since);
  return times;
}
