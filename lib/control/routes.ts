import { z } from 'zod';
import { authorise, type FailedCredentials } from '@/lib/access';
import { isDatabaseAway } from '@/lib/db';
import { heartbeat } from '@/lib/dead-man';
import { forbidden, notFound, unavailable } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import type { Signer } from '@/lib/signing';
import { breakGlassRelease, getOrder, listStandingOrders } from '@/lib/switches';
import type { OrderView } from '@/lib/switches/schema';
import { withAgentId } from './name-agent';
import type { Journal } from './journal';
import type { Route, Routes } from './http-door';
import type { StopDesk } from './stop-desk';

export type Health = { status: 'ok' | 'degraded'; database: 'ok' | 'away'; standing: number; journal: number };
export type Desk = { stops: StopDesk; failures: FailedCredentials; journal: Journal; key: () => Signer; health: () => Health; wake: () => void };

/** What a control key may reach. It stops; it releases nothing. */
export function publicRoutes(desk: Desk): Routes {
  const engage = (kind: 'stop' | 'pause'): Route => async ({ ctx, body }) => ({ status: 202, body: await desk.stops.engage(ctx, await withAgentId(body), kind) });
  const undo: Route = async () => { throw forbidden('Undoing a stop or a pause takes a person, in the console or by POST /api/v1/switches/{id}/release. A control key stops, and nothing else.'); };
  // No bearer: the signature in the body is who asks. The console's own pages call it from their own address.
  const byKey: Route = async ({ ctx, body }) => ({ status: 202, body: await desk.failures.watch(ctx.ip ?? '', () => desk.stops.engageByKey(ctx, body)) });
  return [
    { method: 'POST', path: /^\/v1\/switches\/engage$/, run: engage('stop') },
    { method: 'POST', path: /^\/v1\/switches\/engage-by-key$/, open: true, fromConsole: true, run: byKey },
    { method: 'POST', path: /^\/v1\/switches\/pause$/, run: engage('pause') },
    { method: 'POST', path: /^\/v1\/switches\/resume$/, run: undo },
    { method: 'POST', path: /^\/v1\/heartbeat$/, run: async ({ ctx, body }) => ({ status: 200, body: await read(() => heartbeat(ctx, body)) }) },
    { method: 'GET', path: /^\/v1\/switches$/, run: async ({ ctx }) => { authorise(ctx, 'switch.read'); return { status: 200, body: { switches: await standingNow(desk) } }; } },
    { method: 'GET', path: /^\/v1\/orders\/([0-9a-f-]{36})$/, run: async ({ ctx, params }) => { authorise(ctx, 'switch.read'); return { status: 200, body: await orderDetail(desk, params[0] as string) }; } },
    { method: 'GET', path: /^\/v1\/health$/, open: true, run: async () => ({ status: 200, body: desk.health() }) },
  ];
}

const breakGlassSchema = z.strictObject({ breakGlass: z.literal(true), reason: z.string().max(2_000).optional() });

/** What the host may do besides, over the socket that only its user can open. */
export function hostRoutes(desk: Desk): Routes {
  return [
    ...publicRoutes(desk),
    {
      method: 'POST', path: /^\/v1\/orders\/([0-9a-f-]{36})\/release$/,
      run: async ({ ctx, params, body }) => {
        const { reason } = parseInput(breakGlassSchema, body);
        const view = await read(() => breakGlassRelease(ctx, params[0] as string, reason, desk.key()));
        desk.wake();
        return { status: 200, body: { order: orderBody(view) } };
      },
    },
  ];
}

/** One that is being handed over at this moment may be in both; the database's word is the fuller one. */
async function standingNow(desk: Desk) {
  const waiting = desk.journal.pending();
  const rows = await read(() => listStandingOrders({ drills: true }));
  return [...waiting.filter((entry) => !rows.some((row) => row.id === entry.id)).map(journaled), ...rows.map(orderBody)];
}

async function orderDetail(desk: Desk, id: string) {
  const waiting = desk.journal.pending().find((entry) => entry.id === id);
  if (waiting) return { order: journaled(waiting), targets: [], outstandingPermits: [] };
  const detail = await read(() => getOrder(id));
  if (!detail) throw notFound('There is no such order.');
  const { order, targets, counts, outstandingPermits, hold, propagation } = detail;
  return {
    order: orderBody(order), targets, counts, propagation,
    ...(order.fencedAt ? { fencedAt: order.fencedAt } : {}), ...(order.confirmedAt ? { confirmedAt: order.confirmedAt } : {}),
    outstandingPermits: outstandingPermits.filter(({ until }) => Date.parse(until) > Date.now()).map(({ tool, until }) => ({ tool, until })),
    ...(hold ? { hold: { agentId: hold.agentId, until: hold.until, ...(hold.endedAt ? { endedAt: hold.endedAt } : {}) } } : {}),
  };
}

const orderBody = (order: OrderView) => ({
  id: order.id, kind: order.kind, scope: order.scope, target: order.target, environment: order.environment, issuedAt: order.issuedAt, reason: order.reason, drill: order.drill,
  state: order.state.state, matched: order.matched, durability: 'database' as const,
  ...(order.state.state === 'release_requested' ? { release: { requestedAt: order.state.at, persons: order.state.pending.persons, notBefore: order.state.pending.notBefore } } : {}),
  ...(order.fencedAt ? { fencedAt: order.fencedAt } : {}), ...(order.confirmedAt ? { confirmedAt: order.confirmedAt } : {}), ...(order.unconfirmedAt ? { unconfirmedAt: order.unconfirmedAt } : {}),
});

const journaled = (entry: ReturnType<Journal['pending']>[number]) => ({
  id: entry.id, kind: entry.kind, scope: entry.scope, target: entry.target ?? null, environment: entry.environment ?? null, issuedAt: entry.issuedAt, reason: entry.reason ?? null, drill: entry.drill ?? false,
  state: 'engaged' as const, matched: null, durability: 'journal' as const,
});

/** Reads need the database; stops don't. */
async function read<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseAway(error)) throw unavailable('The database is away. Stops are taken all the same; reading waits for it.', 1_000, error);
    throw error;
  }
}
