import type { Sql } from '@/lib/db';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { verifyOrder } from '@/lib/protocol/order';
import { readOrders, type FullOrderRow } from './internal';
import { heldBy, isReleased, sameCover, type StandingOrder } from './rules';

/** Control's public keys, and a way to look for new ones. */
export type ControlKeys = { get(): KeySet; refresh(): void };

export type Lifted = { order: StandingOrder; releaseJws: string };
export type Reading = { held: StandingOrder[]; lifted: Lifted[] };

const VERIFIED_AT_ONCE = 100;
const REFRESH_KEYS_MS = 5_000;

/**
 * Reads what stands, checking each signature once. It remembers which releases it has verified, because a row that calls
 * itself released is believed only when control signed that, also where it was never seen engaged.
 */
export class StandingReader {
  private readonly released = new Set<string>();
  private checked = new Map<string, { print: string; held: StandingOrder[] }>();
  private keysReadAt = Number.NEGATIVE_INFINITY;
  /** Some order has no valid signature yet, so the next reading may differ although nothing was thrown. */
  unsettled = false;

  constructor(private readonly keys: ControlKeys, private readonly clock: () => number) {}

  async read(tx: Sql): Promise<Reading> {
    const engaged = await readOrders(tx, `WHERE state <> 'released'`);
    const doubtful = await this.unverifiedReleases(tx);
    const before = this.checked;
    const after = new Map<string, { print: string; held: StandingOrder[] }>();
    const lifted: Lifted[] = [];
    let verified = 0;
    let unsigned = false;
    for (const row of [...engaged, ...doubtful]) {
      const print = fingerprint(row);
      let entry = before.get(row.id);
      if (entry?.print !== print || entry.held.some((order) => order.orderJws === null)) {
        if (++verified % VERIFIED_AT_ONCE === 0) await new Promise(setImmediate);
        entry = { print, held: heldBy(row, this.check(row)) };
      }
      if (entry.held.length > 0) {
        after.set(row.id, entry);
        if (entry.held.some((order) => order.orderJws === null)) unsigned = true;
        continue;
      }
      this.released.add(row.id);
      for (const order of before.get(row.id)?.held ?? []) lifted.push({ order, releaseJws: row.releaseJws as string });
    }
    // Deleting rows is no way to lift a stop: what vanished without a release stays held.
    for (const [id, entry] of before) if (!after.has(id) && !this.released.has(id)) after.set(id, entry);
    this.checked = after;
    this.unsettled = unsigned;
    return { held: [...after.values()].flatMap((entry) => entry.held), lifted };
  }

  /**
   * Takes an order that control tells by itself, before or without a row: from here on it is held like one that was read, and what is
   * not found in the database stays held. Undefined for what control did not sign; null for what it has released already.
   */
  take(orderJws: string, generation: number): StandingOrder | null | undefined {
    const read = () => verifyOrder(orderJws, { keys: this.keys.get(), now: new Date(), lastEpoch: -1 });
    let result = read();
    if (!result.ok && this.refreshKeys()) result = read();
    if (!result.ok || (result.order.kind !== 'engage' && result.order.kind !== 'pause')) return undefined;
    const { id, kind, scope, target = null, environment = null, reason = null, drill = false, issuedAt } = result.order;
    if (this.released.has(id)) return null;
    const order: StandingOrder = { id, kind: kind === 'pause' ? 'pause' : 'stop', scope, target, environment, generation, reason, drill, engagedAt: issuedAt, orderJws };
    const known = this.checked.get(id)?.held ?? [];
    // Read before it was told: there is nothing new in it.
    if (known.some((one) => sameCover(one, order) && one.orderJws !== null)) return order;
    // No print, so that the next reading looks at the row anew.
    this.checked.set(id, { print: '', held: [...known.filter((one) => !sameCover(one, order)), order] });
    return order;
  }

  /** Whether its row has been read, however it stands by now. */
  readonly hasRead = (orderId: string): boolean => this.released.has(orderId) || (this.checked.get(orderId)?.print ?? '') !== '';

  /** Whether its release, signed by control, has been read. */
  readonly hasReleased = (orderId: string): boolean => this.released.has(orderId);

  private async unverifiedReleases(tx: Sql): Promise<FullOrderRow[]> {
    const ids = (await tx.rows<{ id: string }>(`SELECT id FROM switch_order WHERE state = 'released'`)).map((row) => row.id).filter((id) => !this.released.has(id));
    const rows: FullOrderRow[] = [];
    for (let from = 0; from < ids.length; from += 500) rows.push(...(await readOrders(tx, 'WHERE id = ANY($1::uuid[])', [ids.slice(from, from + 500)])));
    return rows;
  }

  /** The keys to check a row with; looks for new ones, not too often, when those at hand don't know the signature. */
  private check(row: FullOrderRow): { keys: KeySet; now: Date } {
    const check = { keys: this.keys.get(), now: new Date() };
    const wanting = (row.releaseJws !== null && !isReleased(row, check)) || (row.releaseJws === null && row.orderJws !== null && heldBy(row, check).some((order) => order.orderJws === null));
    return wanting && this.refreshKeys() ? { ...check, keys: this.keys.get() } : check;
  }

  /** Looks for new keys, unless that was done a moment ago. */
  private refreshKeys(): boolean {
    if (this.clock() - this.keysReadAt < REFRESH_KEYS_MS) return false;
    this.keysReadAt = this.clock();
    this.keys.refresh();
    return true;
  }
}

const fingerprint = (row: FullOrderRow) => JSON.stringify([row.kind, row.scope, row.target, row.environment, row.generation, row.reason, row.orderJws, row.releaseJws]);
