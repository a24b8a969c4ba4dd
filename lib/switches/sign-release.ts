import { z } from 'zod';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { isDatabaseAway, sql, sqlTransaction, type Sql } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { organisationEvent, record, type NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { nextEpoch, signOrder, type Signer } from '@/lib/signing';
import { bumpGeneration, orderState, orderView, readOrders, rowActor, type FullOrderRow } from './internal';
import { lockForRelease, refusedStep, saveRelease } from './release-row';
import { isOpenRequest, releaseAssertions, verifyReleaseAssertions } from './release-assertions';
import { areReleasers, countReleasers } from './releasers';
import { asControlSees, mayBeSigned, step } from './rules';
import type { OrderState, OrderView } from './schema';

/** Told of an order, or the release of one, that could not be worked off. */
export type OrderTrouble = (orderId: string, error: unknown) => void;

/** Signs every release that has all it takes; one that cannot be looked at never stands in the way of the others. Control alone has the key. Returns the ids. */
export async function signReleases(ctx: Context, key: Signer, onTrouble: OrderTrouble): Promise<string[]> {
  const waiting = await readOrders(sql, 'WHERE release_requested_at IS NOT NULL AND release_jws IS NULL ORDER BY release_requested_at');
  const signed: string[] = [];
  for (const { id } of waiting) {
    try {
      if (await sqlTransaction((tx) => signRelease(tx, ctx, id, key))) signed.push(id);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      onTrouble(id, error);
    }
  }
  return signed;
}

async function signRelease(tx: Sql, ctx: Context, orderId: string, key: Signer): Promise<boolean> {
  const { row, now, generation } = await lockForRelease(tx, orderId);
  const state = orderState(row);
  if (state.state !== 'release_requested' || state.pending.breakGlass) return false;
  const { by, seconded } = state.pending;
  const since = new Date(row.engagedAt);
  // Whoever asked or agreed may not release any more: the request falls, the stop stands.
  if (!(await areReleasers(tx, since, seconded ? [by, seconded.by] : [by]))) return fall(tx, ctx, row, [organisationEvent('switch.release_withdrawn', { orderId, why: 'whoever asked or agreed may no longer release' })]);
  const given = releaseAssertions(row);
  const forged = (what: string) => fall(tx, ctx, row, [organisationEvent('switch.forgery_found', { orderId, what: `${what}; it stands` }), organisationEvent('switch.release_withdrawn', { orderId, why: 'what passkeys signed for it does not hold' })]);
  if (!given) return forged('its release was asked for without the signatures of passkeys');
  const { challengeId } = given.requested;
  const pending = asControlSees(state.pending, { scope: row.scope, seenAt: await seenSince(tx, row, challengeId, now), canRelease: await countReleasers(tx, since) });
  if (!mayBeSigned(pending, now)) return false;
  if (!(await verifyReleaseAssertions(tx, row, pending))) return forged('a passkey’s signature under its release does not hold');
  if (!(await isOpenRequest(tx, orderId, challengeId))) return forged('the request for its release was withdrawn before, or was never recorded, and was put back');
  await complete(tx, ctx, row, { ...state, pending }, now, generation, key, []);
  return true;
}

/** Since when control knows this very request. What the row says of its own age counts for nothing: the console writes that. */
async function seenSince(tx: Sql, row: FullOrderRow, challengeId: string, now: Date): Promise<Date> {
  const seen = seenSchema.safeParse(row.releaseSeen);
  if (seen.success && seen.data.challengeId === challengeId) return seen.data.at;
  await tx.rows('UPDATE switch_order SET release_seen = $2 WHERE id = $1', [row.id, JSON.stringify({ challengeId, at: now.toISOString() })]);
  return now;
}

const seenSchema = z.object({ challengeId: z.string(), at: z.coerce.date() });

async function fall(tx: Sql, ctx: Context, row: FullOrderRow, events: NewEvent[]): Promise<false> {
  await saveRelease(tx, row, { state: 'engaged' }, null);
  await record(tx, ctx, events);
  return false;
}

/**
 * The way back for whoever holds the machine, when no person can release: at once, on the record and loud.
 * Runs in control, reached over a socket that only the host's user can open.
 */
export async function breakGlassRelease(ctx: Context, orderId: string, reason: string | undefined, key: Signer): Promise<OrderView> {
  authorise(ctx, 'switch.release');
  if (ctx.actor.kind !== 'host') throw forbidden('Breaking the glass takes the host itself: countersign release --break-glass.');
  return sqlTransaction(async (tx) => {
    const { row, now, generation } = await lockForRelease(tx, orderId);
    const stepped = step(orderState(row), { type: 'break_glass', by: rowActor(ctx), at: now, checklist: [], reason: reason ?? null });
    if (!stepped.ok) throw refusedStep(stepped.why, orderState(row));
    const saved = await saveRelease(tx, row, stepped.state, null);
    return complete(tx, ctx, saved, stepped.state, now, generation, key, [organisationEvent('switch.release_requested', { orderId, checklist: [], notBefore: null })]);
  });
}

/** Signs the undoing and writes it. Whoever calls this has made sure that it may be. */
export async function complete(tx: Sql, ctx: Context, row: FullOrderRow, state: OrderState, now: Date, from: number, key: Signer, before: NewEvent[], { drill = false } = {}): Promise<OrderView> {
  const [last] = await tx.rows<{ epoch: bigint | null }>('SELECT max(epoch) AS epoch FROM switch_order');
  const epoch = nextEpoch(now, Number(last?.epoch ?? 0));
  const stepped = step(state, { type: 'sign', at: now, epoch });
  if (!stepped.ok) throw refusedStep(stepped.why, state);
  const { id, scope, target, environment } = row;
  const releaseJws = await signOrder(key, {
    kind: row.kind === 'pause' ? 'resume' : 'release', id: newId(), scope, issuedAt: now.toISOString(), epoch, releases: id,
    ...(target === null ? {} : { target }), ...(environment === null ? {} : { environment }),
  });
  await bumpGeneration(tx, from);
  await tx.rows(`UPDATE switch_order SET state = 'released', released_at = $2, release_jws = $3, epoch = $4 WHERE id = $1`, [id, now, releaseJws, epoch]);
  const breakGlass = state.state === 'release_requested' && state.pending.breakGlass;
  await record(tx, ctx, [...before, organisationEvent('switch.released', { orderId: id, epoch, breakGlass, ...(drill ? { drill } : {}) })]);
  return orderView((await readOrders(tx, 'WHERE id = $1', [id]))[0]!);
}
