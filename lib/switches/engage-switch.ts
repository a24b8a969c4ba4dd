import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { invalid } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authoriseEngage } from './authorise-engage';
import { requireDrillTarget } from './drill-orders';
import { placeHold } from './holds';
import { enterOrder, lockGeneration, orderState, orderView, readOrders } from './internal';
import { answersFor } from './rules';
import { engageInputSchema, type EngageInput, type OrderView, type SwitchKind } from './schema';

/** An order that already has its name and time, because control signed it before the database could be asked. */
export type GivenOrder = { id: string; issuedAt: Date; orderJws: string; laterHold?: LaterHold };
/** What somebody asked to be held when the stop stood in the journal already. */
export type LaterHold = { ctx: Context; minutes: number; at: Date };
/** The same where the database is asked right away; unsigned, or signed by the key of this name. */
export type NewOrder = { id: string; issuedAt: Date; signed?: { orderJws: string; kid: string } };

/**
 * Stops (or pauses) a scope. The row, the generation and the event commit together and alone, so nothing slow can stand in
 * the way; what the stop hits is worked off afterwards. Engaging what is engaged answers the standing order.
 */
export async function engageSwitch(ctx: Context, input: unknown, kind: SwitchKind = 'stop', given: NewOrder = { id: newId(), issuedAt: ctx.now() }): Promise<OrderView> {
  const parsed = parseInput(engageInputSchema, input);
  requireStopToHold(parsed, kind);
  const cover = authoriseEngage(ctx, parsed, env().environment);
  return sqlTransaction((tx) => insertOrder(tx, ctx, { ...parsed, ...cover }, kind, given));
}

/** The same for an order that control has told already: it is entered by its own id, as a union, also where one like it stands by now. */
export async function engageTold(ctx: Context, input: EngageInput, kind: SwitchKind, given: NewOrder): Promise<OrderView> {
  authoriseEngage(ctx, input, env().environment);
  return sqlTransaction((tx) => enterOnce(tx, ctx, input, kind, given));
}

/** Adds to the database what control engaged while the database was away: by id, as a union, never twice. */
export async function adoptOrder(ctx: Context, input: EngageInput, kind: SwitchKind, given: GivenOrder): Promise<OrderView> {
  return sqlTransaction(async (tx) => {
    // Nobody can be asked any more whether it was a drill's: it counts as real.
    const order = await enterOnce(tx, ctx, { ...input, drill: false }, kind, { ...given, fromJournal: true });
    if (!given.laterHold) return order;
    const { ctx: holder, minutes, at } = given.laterHold;
    const [taken] = await tx.rows('SELECT 1 FROM session_hold WHERE order_id = $1 AND placed_at = $2', [given.id, at]);
    return taken ? order : withHold(tx, holder, order, { ...input, holdMinutes: minutes }, at);
  });
}

async function enterOnce(tx: Sql, ctx: Context, input: EngageInput, kind: SwitchKind, given: Parameters<typeof insertNew>[4]): Promise<OrderView> {
  const generation = await lockGeneration(tx);
  const [there] = await readOrders(tx, 'WHERE id = $1', [given.id]);
  return there ? orderView(there) : insertNew(tx, ctx, input, kind, given, generation);
}

/** Engages within a transaction of the caller's, as an order of its own even where one like it stands: its reason is its own. */
export async function engageAnew(tx: Sql, ctx: Context, input: EngageInput): Promise<OrderView> {
  authoriseEngage(ctx, input, env().environment);
  await requireDrillTarget(tx, input, 'stop');
  return insertNew(tx, ctx, input, 'stop', { id: newId(), issuedAt: ctx.now() }, await lockGeneration(tx));
}

/** The same in a transaction of the caller's. Whether it was standing is told by its id. */
export async function insertOrder(tx: Sql, ctx: Context, input: EngageInput, kind: SwitchKind, given: NewOrder): Promise<OrderView> {
  const generation = await lockGeneration(tx);
  await requireDrillTarget(tx, input, kind);
  // A drill's order is undone when the drill is over, so it never answers for a real one.
  const same = await readOrders(
    tx, `WHERE kind = $1 AND scope = $2 AND target IS NOT DISTINCT FROM $3 AND environment IS NOT DISTINCT FROM $4 AND drill = $5 AND state <> 'released' AND release_jws IS NULL ORDER BY engaged_at, id`,
    [kind, input.scope, input.target ?? null, input.environment ?? null, input.drill ?? false],
  );
  const standing = same.find((row) => answersFor(orderState(row)));
  if (!standing) return insertNew(tx, ctx, input, kind, given, generation);
  return withHold(tx, ctx, orderView(standing), input);
}

/** Checked wherever a stop is taken: a pause lets what it holds go on, so it holds nothing new. */
export function requireStopToHold({ holdMinutes }: EngageInput, kind: SwitchKind): void {
  if (holdMinutes !== undefined && kind !== 'stop') throw invalid('A pause holds no new sessions: what opens in its scope is paused as well.', [{ path: '/holdMinutes', message: 'only a stop takes it' }]);
}

/** In the same transaction, so that whoever hears of the stop finds the hold. An order for another environment holds nothing here. */
async function withHold(tx: Sql, ctx: Context, order: OrderView, { holdMinutes, environment }: EngageInput, issuedAt?: Date): Promise<OrderView> {
  if (holdMinutes === undefined || (environment !== undefined && environment !== env().environment)) return order;
  const holdUntil = await placeHold(tx, ctx, { id: order.id, scope: order.scope, target: order.target, ...(issuedAt ? { issuedAt } : {}) }, holdMinutes);
  return holdUntil === undefined ? order : { ...order, holdUntil };
}

async function insertNew(tx: Sql, ctx: Context, input: EngageInput, kind: SwitchKind, given: NewOrder | (GivenOrder & { fromJournal: true }), from: number): Promise<OrderView> {
  const generation = from + 1;
  const { scope, target = null, environment = null, reason = null, drill = false } = input;
  const orderJws = 'fromJournal' in given ? given.orderJws : (given.signed?.orderJws ?? null);
  const row = await enterOrder(tx, { id: given.id, kind, scope, target, environment, reason, drill, engagedBy: JSON.stringify(recordedActor(ctx.actor)), engagedAt: given.issuedAt, generation, orderJws });
  await record(tx, ctx, [
    organisationEvent('switch.engaged', { orderId: given.id, kind, scope, target, environment, reason, drill, generation }, 'fromJournal' in given ? { occurredAt: given.issuedAt.toISOString() } : {}),
    ...('signed' in given && given.signed ? [organisationEvent('switch.signed', { orderId: given.id, scope, target, environment, kid: given.signed.kid })] : []),
  ], (event) => (event.type === 'switch.signed' ? recordedActor({ kind: 'system', process: 'control' }) : undefined));
  // What control engaged while the database was away has held since then, by control's word.
  return withHold(tx, ctx, orderView(row), input, 'fromJournal' in given ? given.issuedAt : undefined);
}
