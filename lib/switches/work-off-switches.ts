import type { Context } from '@/lib/context';
import { isDatabaseAway, sql } from '@/lib/db';
import type { Signer } from '@/lib/signing';
import { adoptStranger } from './adopt-stranger';
import { applySwitch } from './apply-switch';
import { mendForgedReleases } from './mend-orders';
import { releaseDrills } from './release-drills';
import { resumeSessions } from './resume-sessions';
import type { StandingOrder } from './rules';
import { signReleases, type OrderTrouble } from './sign-release';
import { signSwitch } from './sign-switch';
import type { ControlKeys, StandingReader } from './standing-reader';
import { closeStaleGateways, fenceOrder, noHolders, updateFence, type Holders } from './update-fence';

/** `ripe`: of the unconfirmed ones those that are to be worked off now. */
export type Standing = { held: StandingOrder[]; unfenced: number; unconfirmed: string[]; ripe: string[] };

/**
 * How long an order that is not fenced yet waits until what it hits is worked off (seconds). Working off holds the streams of all its
 * sessions, which the decisions under way need for their own end, and the fence waits for them. Every read judges by the order meanwhile.
 */
const UNFENCED_WAITS_S = 1;

/**
 * The part of a switch that must be quick: signatures and the fence, for everything that stands. Control gives its key;
 * without it (the worker) nothing is signed. `onSigned` hears of each the instant it is. Safe to run in several processes at once.
 */
export async function signAndFence(ctx: Context, reader: StandingReader, keys: ControlKeys, key?: Signer, onTrouble: OrderTrouble = () => {}, onSigned: (order: StandingOrder & { orderJws: string }) => void = () => {}, holders: Holders = noHolders): Promise<Standing> {
  const { held } = await reader.read(sql);
  if (key) {
    await mendForgedReleases(ctx, held, keys);
    const signed = new Set(held.filter((order) => order.orderJws !== null).map((order) => order.id));
    for (const order of held) {
      if (signed.has(order.id)) continue;
      await alone(order.id, onTrouble, async () => {
        await adoptStranger(ctx, order.id);
        const orderJws = await signSwitch(ctx, order.id, key, keys);
        if (orderJws) onSigned({ ...order, orderJws });
      });
    }
  }
  await closeStaleGateways(ctx);
  await fenceReady(ctx, keys, onTrouble, holders);
  const open = held.length === 0 ? [] : await sql.rows<{ id: string; fenced: boolean; waited: boolean }>(
    'SELECT id, fenced_at IS NOT NULL AS fenced, engaged_at < clock_timestamp() - make_interval(secs => $2) AS waited FROM switch_order WHERE id = ANY($1::uuid[]) AND confirmed_at IS NULL ORDER BY engaged_at',
    [[...new Set(held.map((order) => order.id))], UNFENCED_WAITS_S],
  );
  if (key) await signReleases(ctx, key, onTrouble);
  if (key) await releaseDrills(ctx, key, keys, onTrouble);
  return { held, unfenced: open.filter((order) => !order.fenced).length, unconfirmed: open.map((order) => order.id), ripe: open.filter((order) => order.fenced || order.waited).map((order) => order.id) };
}

/** Fences what every open gateway has come as far as, or holds by itself. Cheap where there is nothing, so it is asked at each word of a gateway, past all else that a round does. Returns those that it fenced. */
export async function fenceReady(ctx: Context, keys: ControlKeys, onTrouble: OrderTrouble, holders: Holders = noHolders): Promise<string[]> {
  const { orderIds, gatewayIds } = holders();
  const ready = await sql.rows<{ id: string }>(
    `SELECT o.id FROM switch_order o WHERE o.state <> 'released' AND o.fenced_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM gateway g WHERE g.closed_at IS NULL AND g.acked_generation < o.generation
         AND NOT EXISTS (SELECT 1 FROM unnest($1::uuid[], $2::uuid[]) AS h(order_id, gateway_id) WHERE h.order_id = o.id AND h.gateway_id = g.id)) ORDER BY o.engaged_at`,
    [orderIds, gatewayIds],
  );
  const fenced: string[] = [];
  for (const { id } of ready) if (await alone(id, onTrouble, () => fenceOrder(ctx, id, keys, holders))) fenced.push(id);
  return fenced;
}

/** The part that takes as long as there are sessions: stops them, confirms, and lets paused ones go on. Safe to run in several processes at once. */
export async function workOffSwitches(ctx: Context, orderIds: readonly string[], keys: ControlKeys, onTrouble: OrderTrouble = () => {}): Promise<void> {
  for (const id of orderIds) {
    await alone(id, onTrouble, async () => {
      await applySwitch(ctx, id, keys);
      await updateFence(ctx, id, keys);
    });
  }
  await resumeSessions(ctx, keys);
}

/** One order that cannot be worked off, whatever is wrong with its row, never keeps the others from it. */
async function alone<T>(orderId: string, onTrouble: OrderTrouble, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    onTrouble(orderId, error);
    return undefined;
  }
}
