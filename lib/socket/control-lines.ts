import type { Logger } from 'pino';
import { io, type Socket } from 'socket.io-client';
import type { Signer } from '@/lib/signing';
import { challengeSchema, GATEWAY_NAMESPACE, introduce, toldSchema, type SwitchView } from '@/lib/switches';

export type ControlLinesOptions = { urls: readonly string[]; switches: SwitchView; key(): Signer; logger: Logger };

const LONGEST_BACK_OFF_MS = 1_000;

/**
 * This gateway's lines to every control process. What comes by them counts from this instant, also while the database is away; a line
 * that is down takes nothing away, since the switches are read in the database all the same.
 */
export function keepControlLines({ urls, switches, key, logger }: ControlLinesOptions): { connected(): number; close(): void } {
  let closed = false;
  const sockets = urls.map((text) => {
    const url = new URL(text);
    const socket: Socket = io(new URL(GATEWAY_NAMESPACE, url).href, { path: `${url.pathname.replace(/\/?$/, '/')}socket.io/`, transports: ['websocket'], forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: LONGEST_BACK_OFF_MS });
    let up = true;
    socket.on('connect', () => {
      if (!up) logger.info({ control: url.origin }, 'control can be heard again');
      up = true;
    });
    socket.on('disconnect', (reason) => {
      if (reason === 'io client disconnect') return;
      if (up) logger.warn({ control: url.origin, reason }, 'the line to control is down; orders are read in the database alone');
      up = false;
      // Control closes a line when it does not believe us, or ends; neither is a reason to give up.
      if (reason === 'io server disconnect') setTimeout(() => { if (!closed) socket.connect(); }, LONGEST_BACK_OFF_MS).unref();
    });
    socket.on('challenge', (body: unknown, acknowledge: unknown) => {
      const challenge = challengeSchema.safeParse(body);
      if (!challenge.success || typeof acknowledge !== 'function') return;
      introduce(key(), switches.gatewayId, challenge.data.nonce).then((introduction) => { (acknowledge as (answer: object) => void)(introduction); }, (error: unknown) => logger.error({ err: error }, 'the gateway could not introduce itself to control'));
    });
    socket.on('order', (body: unknown, acknowledge: unknown) => {
      const told = toldSchema.safeParse(body);
      if (!told.success || typeof acknowledge !== 'function') return;
      switches.hold(told.data.orderJws).then(() => { (acknowledge as (answer: object) => void)({ holds: true }); }, (error: unknown) => logger.error({ err: error, control: url.origin }, 'what came by the line to control is no order of its'));
    });
    return socket;
  });
  return {
    connected: () => sockets.filter((socket) => socket.connected).length,
    close() {
      closed = true;
      for (const socket of sockets) socket.disconnect();
    },
  };
}
