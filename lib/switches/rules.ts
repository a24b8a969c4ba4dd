import type { KeySet } from '@/lib/protocol/ed25519-key';
import { verifyOrder, type Order } from '@/lib/protocol/order';
import { propose, step as stepQuorum, type Quorum, type Signature } from '@/lib/quorum';
import type { OrderState, OrderView, PendingRelease, RowActor, SwitchKind, SwitchScope } from './schema';

/** A row of switch_order, as far as it says what is stopped. */
export type OrderRow = {
  id: string; kind: SwitchKind; scope: SwitchScope; target: string | null; environment: string | null;
  state: 'engaged' | 'released'; generation: number; reason: string | null; drill: boolean; engagedAt: string;
  orderJws: string | null; releaseJws: string | null;
};

/** One thing that an order holds. `orderJws` is there once control's signature on it holds. */
export type StandingOrder = {
  id: string; kind: SwitchKind; scope: SwitchScope; target: string | null; environment: string | null;
  generation: number; reason: string | null; drill: boolean; engagedAt: string; orderJws: string | null;
};

/** Standing orders, to be asked what they hold without walking through them all. */
export type StandingOrders = { readonly list: readonly StandingOrder[]; readonly byCover: ReadonlyMap<string, readonly StandingOrder[]> };

/** What may be stopped: an action, a session or a new one. What isn't known yet is left out. */
export type Subject = { sessionId?: string; instanceId?: string; agentId?: string; classes?: readonly string[]; environment: string };

/** Scopes by reach, the widest first. */
const reach: readonly SwitchScope[] = ['global', 'class', 'agent', 'instance', 'session'];

/**
 * What a row stops, also where somebody wrote it by hand: what nobody can read is everything, and whatever is no pause is a stop.
 * Verbs and the schema never write such a row; a stop in a hurry, straight into the database, may.
 */
export function readableCover(row: { kind: string; scope: string; target: string | null }): { kind: SwitchKind; scope: SwitchScope; target: string | null } {
  const scope = reach.find((one) => one === row.scope);
  const kind = row.kind === 'pause' ? 'pause' : 'stop';
  return scope === undefined || scope === 'global' || row.target === null || row.target === '' ? { kind, scope: 'global', target: null } : { kind, scope, target: row.target };
}

/**
 * What a row holds, seen with suspicion: nothing only once a release that control signed for this very order is there.
 * A missing or wrong signature never weakens an order; where the row was changed after it was signed, both are held.
 */
export function heldBy(row: OrderRow, check: { keys: KeySet; now: Date }): StandingOrder[] {
  if (isReleased(row, check)) return [];
  const { id, kind, scope, target, environment, generation, reason, drill, engagedAt } = row;
  const asWritten: StandingOrder = { id, kind, scope, target, environment, generation, reason, drill, engagedAt, orderJws: null };
  const signed = signedOrder(row, check);
  if (!signed) return [asWritten];
  const asSigned: StandingOrder = {
    ...asWritten, kind: signed.kind === 'pause' ? 'pause' : 'stop', scope: signed.scope, target: signed.target ?? null, environment: signed.environment ?? null, orderJws: row.orderJws,
  };
  return sameCover(asWritten, asSigned) ? [asSigned] : [asSigned, asWritten];
}

/** The order that control signed for this row, or undefined where the signature is missing, wrong or another order's. */
export function signedOrder(row: Pick<OrderRow, 'id' | 'orderJws'>, check: { keys: KeySet; now: Date }): Extract<Order, { kind: 'engage' | 'pause' }> | undefined {
  if (row.orderJws === null) return undefined;
  const result = verifyOrder(row.orderJws, { ...check, lastEpoch: -1 });
  if (!result.ok || (result.order.kind !== 'engage' && result.order.kind !== 'pause')) return undefined;
  return result.order.id === row.id ? result.order : undefined;
}

/** Whether control has signed the undoing of this very order. What the row says of itself counts for nothing. */
export function isReleased(row: Pick<OrderRow, 'id' | 'releaseJws'>, check: { keys: KeySet; now: Date }): boolean {
  if (row.releaseJws === null) return false;
  const result = verifyOrder(row.releaseJws, { ...check, lastEpoch: -1 });
  return result.ok && (result.order.kind === 'release' || result.order.kind === 'resume') && result.order.releases === row.id;
}

type OrderCover = Pick<StandingOrder, 'kind' | 'scope' | 'target' | 'environment'>;
export const sameCover = (a: OrderCover, b: OrderCover) => a.kind === b.kind && a.scope === b.scope && a.target === b.target && a.environment === b.environment;

export function standingOrders(list: readonly StandingOrder[]): StandingOrders {
  const byCover = new Map<string, StandingOrder[]>();
  for (const order of list) {
    const key = coverKey(order.scope, order.target);
    const there = byCover.get(key);
    if (there) there.push(order);
    else byCover.set(key, [order]);
  }
  return { list, byCover };
}

export const noOrders: StandingOrders = standingOrders([]);

/** The order to name for this subject, or null when nothing holds it. Orders overlap as a union; a stop goes before a pause, a wide one before a narrow one, the older first. */
export function matchingOrder(orders: StandingOrders, subject: Subject): StandingOrder | null {
  if (orders.list.length === 0) return null;
  let pause: StandingOrder | null = null;
  for (const key of coverKeys(subject)) {
    for (const order of orders.byCover.get(key) ?? []) {
      if (order.environment !== null && order.environment !== subject.environment) continue;
      if (order.kind === 'stop') return order;
      pause ??= order;
    }
  }
  return pause;
}

const coverKey = (scope: SwitchScope, target: string | null) => `${scope} ${target ?? ''}`;

function* coverKeys(subject: Subject): Generator<string> {
  for (const scope of reach) {
    if (scope === 'global') yield coverKey('global', null);
    else if (scope === 'class') for (const name of subject.classes ?? []) yield coverKey('class', name);
    else {
      const target = scope === 'agent' ? subject.agentId : scope === 'instance' ? subject.instanceId : subject.sessionId;
      if (target !== undefined) yield coverKey(scope, target);
    }
  }
}

/**
 * Whether an engaged order answers for a new one of the same cover, or a new one is made. One whose release is on its way
 * doesn't: the stop that was pressed meanwhile must outlive that release.
 */
export const answersFor = (state: OrderState): boolean => state.state === 'engaged';

/** A stop that reaches beyond one deployment: releasing it takes a second person. */
export const isWide = (scope: SwitchScope): boolean => scope === 'agent' || scope === 'class' || scope === 'global';

/** Whether the time for confirming it is over, and something still is not. */
export const isUnconfirmed = ({ state, confirmedAt, unconfirmedAt }: Pick<OrderView, 'state' | 'confirmedAt' | 'unconfirmedAt'>): boolean => state.state !== 'released' && unconfirmedAt !== null && confirmedAt === null;

/** With fewer people than a wide release needs, one may release after this long (milliseconds). */
export const LONE_RELEASE_DELAY_MS = 10 * 60_000;

export type ReleaseEvent =
  | { type: 'request'; by: RowActor; at: Date; scope: SwitchScope; checklist: readonly string[]; reason: string | null; canRelease: number }
  | { type: 'second'; by: RowActor; at: Date }
  | { type: 'withdraw'; by: RowActor; at: Date }
  | { type: 'break_glass'; by: RowActor; at: Date; checklist: readonly string[]; reason: string | null }
  /** The drill that made the order is over. Whether it is a drill's is asked before, of what control signed (drill-rules.ts). */
  | { type: 'drill_over'; by: RowActor; at: Date }
  | { type: 'sign'; at: Date; epoch: number };

export type Stepped = { ok: true; state: OrderState } | { ok: false; why: 'not_engaged' | 'not_requested' | 'already_requested' | 'same_person' | 'already_seconded' | 'not_yet' };

/** One step of an order's life: engaged → release_requested → released. There is no way back; who stops again makes a new order. */
export function step(current: OrderState, event: ReleaseEvent): Stepped {
  if (current.state === 'released') return { ok: false, why: 'not_engaged' };
  switch (event.type) {
    case 'request': {
      if (current.state === 'release_requested') return { ok: false, why: 'already_requested' };
      const persons = isWide(event.scope) ? 2 : 1;
      const lone = persons === 2 && event.canRelease < 2;
      return requested(event.at, {
        by: event.by, checklist: [...event.checklist], reason: event.reason, persons,
        notBefore: lone ? new Date(event.at.getTime() + LONE_RELEASE_DELAY_MS).toISOString() : null, seconded: null, breakGlass: false,
      });
    }
    case 'break_glass': return requested(event.at, { by: event.by, checklist: [...event.checklist], reason: event.reason, persons: 1, notBefore: null, seconded: null, breakGlass: true });
    case 'drill_over': return requested(event.at, { by: event.by, checklist: [], reason: 'its drill is over', persons: 1, notBefore: null, seconded: null, breakGlass: false });
    case 'second': {
      if (current.state !== 'release_requested') return { ok: false, why: 'not_requested' };
      // There is a seat for a second person also where one is enough: that somebody else agrees is never refused.
      const { refused } = stepQuorum(releaseQuorum({ ...current.pending, persons: 2, notBefore: null }), { kind: 'sign', signature: seatedAs(event.by), digest: '' }, event.at, everySeat);
      if (refused) return { ok: false, why: refused.why === 'already_signed' ? 'same_person' : 'already_seconded' };
      return { ok: true, state: { ...current, pending: { ...current.pending, seconded: { by: event.by, at: event.at.toISOString() } } } };
    }
    case 'withdraw': {
      if (current.state !== 'release_requested') return { ok: false, why: 'not_requested' };
      const by = personOf(event.by);
      // Whoever may release may also keep the stop; for anybody but whoever asked it is cancelled rather than withdrawn.
      const { refused } = stepQuorum(releaseQuorum(current.pending), by === personOf(current.pending.by) ? { kind: 'withdraw', by } : { kind: 'cancel', reason: 'kept' }, event.at, everySeat);
      return refused ? { ok: false, why: 'not_requested' } : { ok: true, state: { state: 'engaged' } };
    }
    case 'sign':
      if (current.state !== 'release_requested') return { ok: false, why: 'not_requested' };
      if (stepQuorum(releaseQuorum(current.pending), { kind: 'use' }, event.at, everySeat).refused) return { ok: false, why: 'not_yet' };
      return { ok: true, state: { state: 'released', at: event.at.toISOString(), epoch: event.epoch } };
  }
}

const requested = (at: Date, pending: PendingRelease): Stepped => ({ ok: true, state: { state: 'release_requested', at: at.toISOString(), pending } });

/** Whether a release has everything that it takes: one person for narrow scopes; two for wide ones, or one and the delay. */
export const mayBeSigned = (pending: PendingRelease, now: Date): boolean => !stepQuorum(releaseQuorum(pending), { kind: 'use' }, now, everySeat).refused;

/**
 * A request as control takes it, whatever its row says: how many persons it needs follows from the scope, and one alone is enough
 * only while nobody else may release, and not before the delay, counted from when control first saw this request, is over.
 */
export function asControlSees(pending: PendingRelease, order: { scope: SwitchScope; seenAt: Date; canRelease: number }): PendingRelease {
  const persons = isWide(order.scope) ? 2 : 1;
  const lone = persons === 2 && pending.notBefore !== null && order.canRelease < 2;
  const earliest = order.seenAt.getTime() + LONE_RELEASE_DELAY_MS;
  return { ...pending, persons, notBefore: lone ? new Date(Math.max(earliest, Date.parse(pending.notBefore!))).toISOString() : null };
}

/** A release to the room that decides who still must sign. Nobody denies one: who disagrees withdraws it, and the stop stands. */
function releaseQuorum({ by, seconded, persons, notBefore }: PendingRelease): Quorum {
  const terms = { groups: [{ count: persons }], excluded: [], expiresAt: null, relief: notBefore === null ? [] : [{ from: new Date(notBefore), groups: [{ count: 1 }] }], denial: false, useWithinMs: null };
  return { ...propose({ kind: 'propose', by: personOf(by), digest: '', terms }), signatures: [by, ...(seconded ? [seconded.by] : [])].map(seatedAs) };
}

const personOf = ({ kind, id }: RowActor) => `${kind} ${id}`;
const seatedAs = (actor: RowActor): Signature => ({ personId: personOf(actor), roles: [], teams: [] });
/** Whether somebody may release at all is asked of the people there are, before and again by control: whoever gets here fits any seat. */
const everySeat = () => true;
