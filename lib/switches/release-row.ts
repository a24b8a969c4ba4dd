import type { Actor, Context } from '@/lib/context';
import { databaseTime, type Sql } from '@/lib/db';
import { conflict, DomainError, forbidden, notFound } from '@/lib/errors';
import type { ReleaseAssertions } from './release-assertions';
import { lockGeneration, lockOrder, notifySwitch, readOrders, type FullOrderRow } from './internal';
import { mayReleaseSince } from './releasers';
import type { Stepped } from './rules';
import type { OrderState } from './schema';

/** Locks an order to change its release, in the switches' one order of locks, and reads the clock after that. */
export async function lockForRelease(tx: Sql, orderId: string): Promise<{ row: FullOrderRow; now: Date; generation: number }> {
  const generation = await lockGeneration(tx);
  const row = await lockOrder(tx, orderId);
  if (!row) throw notFound('There is no such order.');
  return { row, now: await databaseTime(tx), generation };
}

/** Keeps where a release stands and what was signed for it, and tells control. `released` is written by control alone, with its signature. */
export async function saveRelease(tx: Sql, row: FullOrderRow, state: OrderState, assertions: ReleaseAssertions | null): Promise<FullOrderRow> {
  if (state.state === 'released') throw new Error('only control writes a release');
  const [at, by] = state.state === 'engaged' ? [null, null] : [state.at, JSON.stringify(state.pending)];
  await tx.rows('UPDATE switch_order SET release_requested_at = $2, release_requested_by = $3, release_assertions = $4 WHERE id = $1', [row.id, at, by, assertions && JSON.stringify(assertions)]);
  await notifySwitch(tx, row.generation);
  return (await readOrders(tx, 'WHERE id = $1', [row.id]))[0]!;
}

/** Undoing takes a person: a key, a machine or an agent never does. */
export function requirePerson(ctx: Context): Extract<Actor, { kind: 'person' }> {
  if (ctx.actor.kind !== 'person') throw forbidden('Releasing takes a person. On the host, without one: countersign release --break-glass.');
  return ctx.actor;
}

export const NEWER_THAN_STOP = 'Your role for this is newer than the stop, and so does not count for it yet. Somebody who had theirs before can release it.';

/** Nobody is made a releaser for what stands already. */
export function requireOldRight(person: Extract<Actor, { kind: 'person' }>, row: FullOrderRow, now: Date): void {
  if (!mayReleaseSince(person, new Date(row.engagedAt), now)) throw forbidden(NEWER_THAN_STOP);
}

export const passkeyNeeded = () => new DomainError('step_up_required', 'Releasing takes a passkey at the moment of releasing. It is still stopped.');

export function refusedStep(why: Extract<Stepped, { ok: false }>['why'], state: OrderState): DomainError {
  switch (why) {
    case 'not_engaged': return conflict('This order is released already.', { state: state.state });
    case 'not_requested': return conflict('Nobody has asked for its release yet. Ask for it first; somebody else then agrees.', { state: state.state });
    case 'already_requested': return conflict('Its release was asked for already; somebody else has to agree.', { state: state.state, ...(state.state === 'release_requested' ? { why: 'already_requested', by: state.pending.by.id } : {}) });
    case 'already_seconded': return conflict('A second person has agreed already.', { state: state.state });
    case 'same_person': return conflict('You asked for this release; it takes a second person.', { state: state.state });
    case 'not_yet': return conflict('This release may not go through yet.', { state: state.state });
  }
}
