import { ORDER_TYP, type Order, orderSchema } from '@/lib/protocol/order';
import { signJws } from './jws';
import type { Signer } from './keys';
import type { SigningKey } from './signing-key';

/** Signs an order with the control key. Throws when the order is not one: nothing half-formed may carry that signature. */
export function signOrder(key: SigningKey, order: Order): string;
export function signOrder(key: Signer, order: Order): string | Promise<string>;
export function signOrder(key: Signer, order: Order): string | Promise<string> {
  return signJws(key, ORDER_TYP, orderSchema.parse(order));
}

/** The epoch of a release or resume: now, or just above the last one where the clock went back. */
export function nextEpoch(now: Date, lastEpoch: number): number {
  return Math.max(now.getTime(), lastEpoch + 1);
}

export { ORDER_TYP, type Order, type OrderRefusal, type OrderResult, verifyOrder } from '@/lib/protocol/order';
