import { type KeySet, type Order, orderSchema, readJwsHeader, decodeBase64url, parseStrictJson, verifyOrder } from '@/lib/protocol';

/** What a client trusts, and which pauses it holds: a resume that names one of them is obeyed also when a later one came first. */
export type Trust = { pin: KeySet | undefined; now: Date; lastEpoch: number; pausedBy?(orderId: string): boolean; paused?: boolean };

/** What an order that the gateway passed on is worth. */
export type ReadOrder =
  | { obey: true; order: Order | undefined }
  | { obey: false; why: string; /** Nothing to tell anybody: it lifts a pause that holds nobody here, as after each connection. */ stale?: boolean };

/**
 * Reads a halt, pause or resume. With a pin only what control signed counts. Without one a stop is obeyed whoever sent it, since
 * stopping must be easier than starting, and a resume never is.
 */
export function readOrder(event: 'halt' | 'pause' | 'resume', orderJws: unknown, trust: Trust): ReadOrder {
  const text = typeof orderJws === 'string' ? orderJws : '';
  if (!trust.pin) {
    if (event === 'resume') return { obey: false, why: 'no control pin: a resume cannot be told from a forged one' };
    return { obey: true, order: unverified(text) };
  }
  // A resume undoes the one pause that it names and nothing newer, so whether it is late is asked of that pause below.
  const result = verifyOrder(text, { keys: trust.pin, now: trust.now, lastEpoch: event === 'resume' ? -1 : trust.lastEpoch });
  if (!result.ok) return { obey: false, why: result.reason };
  const fits = { halt: 'engage', pause: 'pause', resume: 'resume' }[event];
  if (result.order.kind !== fits) return { obey: false, why: `the order is a ${result.order.kind}` };
  if (result.order.kind === 'resume' && !trust.pausedBy?.(result.order.releases)) {
    const passed = result.order.epoch <= trust.lastEpoch;
    return { obey: false, why: passed ? 'epoch_passed' : 'nothing here is paused by what it lifts', stale: !passed || !trust.paused };
  }
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
