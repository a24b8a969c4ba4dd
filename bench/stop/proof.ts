import pg from 'pg';
import type { Effect } from './tool-server';

/** Where the write-ahead log stood before the press, and what was committed by then. */
export type Mark = { lsn: string; snapshot: string };
export type Proof = {
  /** Of what the stop covers: let through between press and fence, and refused since the press. */
  letThroughBefore: number; refused: number;
  /** Must be none. */
  allowedAfter: number; effectsAfter: number; effectsWithoutRecord: number; gatewaysNotInFence: number;
  /** Tools that ran after the fence on a permit that was redeemed before it: the answer was under way. */
  ranLate: number; examples: string[];
};
type Covered = { sessions: readonly string[]; /** Only calls of these tools. */ tools?: readonly string[] };

const LET_THROUGH = ['action.allowed', 'action.started', 'permit.redeemed', 'approval.used'];

/**
 * Reads the order of commits from Postgres's write-ahead log itself: nothing that lets an action of a stopped scope through may have
 * been committed after the fence. Sequence numbers and clocks say little across streams; the place of a commit record says it all.
 */
export class Prover {
  private constructor(private readonly client: pg.Client) {}

  static async open(superuserUrl: string): Promise<Prover> {
    const client = new pg.Client({ connectionString: superuserUrl });
    await client.connect();
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
    return new Prover(client);
  }

  async mark(): Promise<Mark> {
    const lsn = (await this.client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn')).rows[0]!.lsn;
    const snapshot = (await this.client.query<{ snapshot: string }>('SELECT pg_current_snapshot()::text AS snapshot')).rows[0]!.snapshot;
    return { lsn, snapshot };
  }

  /** A place behind the fence, to be asked for once it has been seen. */
  async place(): Promise<string> {
    return (await this.client.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn')).rows[0]!.lsn;
  }

  async prove(order: { id: string; fencedAt: number }, mark: Mark, behind: string, covered: Covered, effects: readonly Effect[]): Promise<Proof> {
    const proof: Proof = { letThroughBefore: 0, refused: 0, allowedAfter: 0, effectsAfter: 0, effectsWithoutRecord: 0, gatewaysNotInFence: 0, ranLate: 0, examples: [] };
    const fence = await this.fence(order.id);
    proof.gatewaysNotInFence = Math.max(0, 2 - fence.acknowledged);
    const events = await this.events(mark.snapshot, covered);
    const after = await this.committedAfter(fence.xid, mark.lsn, behind, new Set(events.map((event) => event.xid)));
    for (const event of events) {
      if (event.type === 'action.denied') { if (event.code === 'switch.engaged' || event.code === 'session.not_open') proof.refused += 1; continue; }
      if (!after.has(event.xid)) { proof.letThroughBefore += 1; continue; }
      proof.allowedAfter += 1;
      if (proof.examples.length < 5) proof.examples.push(`${event.type} ${event.action_id} in ${event.stream} was committed after the fence`);
    }
    const own = await this.actionsOf(covered, effects);
    for (const effect of effects) {
      const redeemed = own.get(effect.actionId);
      if (redeemed === undefined) continue;
      if (!redeemed) proof.effectsWithoutRecord += 1;
      if (effect.askedAt > order.fencedAt) { proof.effectsAfter += 1; if (proof.examples.length < 5) proof.examples.push(`the tool ran ${effect.actionId}, asked for ${(effect.askedAt - order.fencedAt).toFixed(1)} ms after the fence`); }
      else if (effect.ranAt > order.fencedAt) proof.ranLate += 1;
    }
    return proof;
  }

  close(): Promise<void> { return this.client.end(); }

  private async fence(orderId: string): Promise<{ xid: string; acknowledged: number }> {
    const { rows } = await this.client.query<{ xid: string; data: { orderId: string; gateways: { evidence: string }[] } }>(
      `SELECT xmin::text AS xid, body::jsonb->'data' AS data FROM log.event WHERE type = 'switch.fenced' AND body::jsonb->'data'->>'orderId' = $1`, [orderId],
    );
    if (rows.length !== 1) throw new Error(`${rows.length} fence events for the order ${orderId}`);
    return { xid: rows[0]!.xid, acknowledged: rows[0]!.data.gateways.filter(({ evidence }) => /^(acknowledged|holds) /.test(evidence)).length };
  }

  /**
   * Which of these transactions have their commit record behind the fence's. They are all visible, so committed: one whose record is neither
   * between mark and `behind` nor after it was written before the mark, and only became visible later, when it had reached the disk.
   */
  private async committedAfter(fenceXid: string, mark: string, behind: string, xids: ReadonlySet<string>): Promise<Set<string>> {
    const order = await this.commits(mark, behind);
    const at = order.indexOf(fenceXid);
    if (at < 0) throw new Error('the fence’s commit is not in the write-ahead log that was read');
    const seen = new Set(order);
    const later = [...xids].some((xid) => !seen.has(xid)) ? await this.commits(behind, await this.place()) : [];
    return new Set([...order.slice(at + 1), ...later].filter((xid) => xids.has(xid)));
  }

  private async commits(from: string, to: string): Promise<string[]> {
    if (from === to) return [];
    const { rows } = await this.client.query<{ xid: string }>(
      `SELECT xid::text AS xid FROM pg_get_wal_records_info($1::pg_lsn, $2::pg_lsn) WHERE resource_manager = 'Transaction' AND record_type LIKE 'COMMIT%' ORDER BY start_lsn`, [from, to],
    );
    return rows.map(({ xid }) => xid);
  }

  private async events(snapshot: string, { sessions, tools }: Covered): Promise<{ xid: string; type: string; stream: string; code: string | null; action_id: string }[]> {
    const { rows } = await this.client.query<{ xid: string; type: string; stream: string; code: string | null; action_id: string; tool: string | null }>(
      `SELECT e.xmin::text AS xid, e.type, e.stream, e.body::jsonb->'data'->>'code' AS code, e.body::jsonb->'data'->>'actionId' AS action_id, e.body::jsonb->'data'->>'tool' AS tool
       FROM log.event e WHERE e.stream = ANY($1) AND e.type = ANY($2) AND NOT pg_visible_in_snapshot(e.xmin::text::xid8, $3::pg_snapshot)`,
      [sessions.map((id) => `session/${id}`), [...LET_THROUGH, 'action.denied'], snapshot],
    );
    return rows.filter(({ tool }) => !tools || tool === null || tools.includes(tool));
  }

  /** Which of the effects were of what the stop covers, and whether their redeeming is on record. */
  private async actionsOf({ sessions, tools }: Covered, effects: readonly Effect[]): Promise<Map<string, boolean>> {
    const { rows } = await this.client.query<{ id: string; tool: string; redeemed: boolean }>(
      'SELECT id, tool, redeemed_at IS NOT NULL AS redeemed FROM action WHERE id = ANY($1::uuid[]) AND session_id = ANY($2::uuid[])', [effects.map(({ actionId }) => actionId), sessions],
    );
    return new Map(rows.filter(({ tool }) => !tools || tools.includes(tool)).map(({ id, redeemed }) => [id, redeemed]));
  }
}
