import { z } from 'zod';
import type { KeySet } from './ed25519-key';
import { idSchema } from './ids';
import { timeSchema } from './primitives';
import { type JwsRefusal, verifyJws } from './verify-jws';

export const ORDER_TYP = 'order+jws';
/** A release or resume whose epoch is further ahead than this is refused: it would block every later one. */
export const MAX_EPOCH_AHEAD_MS = 5 * 60_000;
export const MAX_EXTENSION_MS = 60_000;

export const orderScopes = ['session', 'instance', 'agent', 'class', 'global'] as const;

/** Ours are UUIDv7 like every id; that of an order written by hand, straight into the database, may be any. */
export const orderIdSchema = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a UUID in lower case');

const scoped = {
  id: orderIdSchema,
  scope: z.enum(orderScopes),
  /** What the scope is of; absent for `global` alone. */
  target: z.string().min(1).max(256).optional(),
  environment: z.string().min(1).max(64).optional(),
  issuedAt: timeSchema,
};
/** Unix milliseconds of the release, raised where needed so that it always rises. */
const epoch = z.int().min(0);

/** What the control key signs. Engaging and pausing are never too old; undoing them is ordered by `epoch`. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('engage'), ...scoped, reason: z.string().max(2_000).optional(), drill: z.boolean().optional() }),
  z.object({ kind: z.literal('pause'), ...scoped, reason: z.string().max(2_000).optional(), drill: z.boolean().optional() }),
  z.object({ kind: z.literal('release'), ...scoped, epoch, releases: orderIdSchema }),
  z.object({ kind: z.literal('resume'), ...scoped, epoch, releases: orderIdSchema }),
  /** A planned restart of control: supervisors that lose it wait this much longer than their lease. */
  z.object({ kind: z.literal('extend'), id: idSchema, issuedAt: timeSchema, epoch, extendMs: z.int().min(1).max(MAX_EXTENSION_MS) }),
  /** Does nothing; keeps the way of an order warm. */
  z.object({ kind: z.literal('noop'), id: idSchema, issuedAt: timeSchema }),
]).refine((order) => !('scope' in order) || (order.scope === 'global') === (order.target === undefined), 'a scope other than global needs a target, and global takes none');
export type Order = z.infer<typeof orderSchema>;

export type OrderRefusal = JwsRefusal | 'bad_order' | 'epoch_ahead' | 'epoch_passed';
export type OrderResult = { ok: true; order: Order } | { ok: false; reason: OrderRefusal };

/**
 * Checks an order with the pinned control keys. Engage and pause are never refused for age: a stop that arrives late is
 * still a stop (de-duplicate by id). An order that loosens anything needs an epoch above `lastEpoch`. Never throws.
 */
export function verifyOrder(orderJws: string, expected: { keys: KeySet; now: Date; lastEpoch: number }): OrderResult {
  const jws = verifyJws(orderJws, { keys: expected.keys, typ: ORDER_TYP, maxBytes: 16_384 });
  if (!jws.ok) return jws;
  const parsed = orderSchema.safeParse(jws.payload);
  if (!parsed.success) return { ok: false, reason: 'bad_order' };
  const order = parsed.data;
  if ('epoch' in order) {
    if (order.epoch > expected.now.getTime() + MAX_EPOCH_AHEAD_MS) return { ok: false, reason: 'epoch_ahead' };
    if (order.epoch <= expected.lastEpoch) return { ok: false, reason: 'epoch_passed' };
  }
  return { ok: true, order };
}
