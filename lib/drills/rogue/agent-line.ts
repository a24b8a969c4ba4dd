import { io } from 'socket.io-client';
import { z } from 'zod';
import type { RogueOrders } from './orders';

export type AgentLine = { sessionId: string; ask(requestId: string): Promise<unknown> };

const tokenSchema = z.object({ access_token: z.string() });
const openedSchema = z.object({ ok: z.literal(true), session: z.object({ id: z.string() }), leaseMs: z.number() });

/**
 * Speaks the contract to a gateway by itself, since the SDK would stop when it is told to: opens a session, keeps its lease, and does
 * with a halt what `onHalt` says.
 */
export async function openLine(orders: RogueOrders, onHalt: (sessionId: string, acknowledge: (answer: object) => void) => void): Promise<AgentLine> {
  const token = await fetchToken(orders);
  const base = new URL(orders.gatewayUrl.endsWith('/') ? orders.gatewayUrl : `${orders.gatewayUrl}/`);
  const socket = io(new URL('/agent', base).href, {
    path: `${base.pathname}socket.io/`, transports: ['websocket'], reconnection: false, auth: { protocol: 1, token, instance: { id: orders.instanceId, name: `drill: ${orders.kind}` } },
  });
  await new Promise<void>((resolve, reject) => { socket.once('connect', resolve); socket.once('connect_error', reject); });
  const opened = openedSchema.parse(await socket.timeout(10_000).emitWithAck('session.open', { purpose: `Drill: a rogue that ${orders.kind.replaceAll('_', ' ')}`, metadata: { drill: true } }));
  const { id: sessionId } = opened.session;
  socket.on('halt', (_body: unknown, acknowledge: unknown) => { onHalt(sessionId, typeof acknowledge === 'function' ? (acknowledge as (answer: object) => void) : () => {}); });
  setInterval(() => { socket.emit('lease.renew', {}, () => {}); }, Math.max(200, opened.leaseMs / 4));
  return {
    sessionId,
    // No bundle knows this tool, so nothing can come of it whatever the gate says.
    ask: (requestId) => socket.timeout(5_000).emitWithAck('action.request', { sessionId, requestId, tool: 'countersign_drill_knock', args: { n: requestId } }).catch(() => undefined),
  };
}

async function fetchToken({ gatewayUrl, clientId, clientSecret }: RogueOrders): Promise<string> {
  const endpoint = new URL('api/oauth/token', gatewayUrl.endsWith('/') ? gatewayUrl : `${gatewayUrl}/`);
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
  const answer = await fetch(endpoint, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  return tokenSchema.parse(await answer.json()).access_token;
}
