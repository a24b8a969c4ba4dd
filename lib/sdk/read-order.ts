import { type KeySet, type Order, orderSchema, readJwsHeader, decodeBase64url, parseStrictJson, verifyOrder } from '@/lib/protocol';

/** What an order that the gateway passed on is worth. */
export type ReadOrder =
  | { obey: true; order: Order | undefined }
  | { obey: false; why: string };

/**
 * Reads a halt, pause or resume. With a pin only what control signed counts. Without one a stop is obeyed whoever sent it, since
 * stopping must be easier than starting, and a resume never is.
 */
export function readOrder(event: 'halt' | 'pause' | 'resume', orderJws: unknown, trust: { pin: KeySet | undefined; now: Date; lastEpoch: number }): ReadOrder {
  const text = typeof orderJws === 'string' ? orderJws : '';
  if (!trust.pin) {
    if (event === 'resume') return { obey: false, why: 'no control pin: a resume cannot be told from a forged one' };
    return { obey: true, order: unverified(text) };
  }
  const result = verifyOrder(text, { keys: trust.pin, now: trust.now, lastEpoch: trust.lastEpoch });
  if (!result.ok) return { obey: false, why: result.reason };
  const fits = { halt: 'engage', pause: 'pause', resume: 'resume' }[event];
  if (result.order.kind !== fits) return { obey: false, why: `the order is a ${result.order.kind}` };
  return { obey: true, order: result.order };
}

/** What the text claims; good enough for choosing what to stop when nothing can be checked. */
function unverified(text: string): Order | undefined {
  const [header, body] = text.split('.', 3);
  if (!header || !body || !readJwsHeader(header).ok) return undefined;
  const bytes = decodeBase64url(body);
  const json = bytes && parseStrictJson(bytes);
  const order = json?.ok ? orderSchema.safeParse(json.value) : undefined;
  return order?.success ? order.data : undefined;
}

/** Whether an order covers a session. An order that cannot be read, or that names a tool class, is taken for what its event says. */
export function covers(order: Order | undefined, session: { id: string; instanceId: string; agentId: string }): boolean {
  if (!order || !('scope' in order)) return true;
  switch (order.scope) {
    case 'session': return order.target === session.id;
    case 'instance': return order.target === session.instanceId;
    case 'agent': return order.target === session.agentId;
    case 'global': return true;
    // Which tools are of a class only the gate knows, and it refuses `action.started` for them; the session itself goes on.
    case 'class': return false;
  }
}
