import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { newId, type Order } from '@/lib/protocol';
import { generatePrivateJwk, publicKeyText, signingKey, signOrder, type SigningKey } from '@/lib/signing';

export type ControlServer = {
  url: string; pin: string; key: SigningKey;
  /** Sends a halt to everybody and resolves with what the first acknowledges, or undefined when nobody does within the time. */
  halt(orderJws: string, withinMs: number): Promise<unknown>;
  /** What supervisors said of their ends. */
  exited: unknown[];
  /** With what each came. */
  auths: Record<string, unknown>[];
  /** With what code whoever comes is turned away, if at all. */
  refuses: string | undefined;
  sockets(): Socket[];
  /** How renewals are answered; by default rightly. */
  answerRenewal: (id: string) => Promise<{ orderJws: string }> | { orderJws: string };
  /** Sent to whoever connects, before their first renewal is answered. */
  standing: string[];
  silent: boolean;
  /** Whether it says that everything that stands has been told. */
  complete: boolean;
  stop(): Promise<void>;
};

export const newControlKey = (): SigningKey => signingKey(generatePrivateJwk());

export const engageOrder = (more: Partial<Extract<Order, { kind: 'engage' }>> = {}): Extract<Order, { kind: 'engage' }> => ({ kind: 'engage', id: newId(), scope: 'global', issuedAt: new Date().toISOString(), ...more });

/** A control as the wire contract describes it, to be honest or not as a test wants. */
export async function startControlServer(leaseMs: number, again: { port?: number; key?: SigningKey } = {}): Promise<ControlServer> {
  const http = createServer();
  const io = new Server(http, { serveClient: false });
  const key = again.key ?? newControlKey();
  const namespace = io.of('/supervisor');
  const control: ControlServer = {
    url: '', pin: publicKeyText(key.publicJwk), key, exited: [], auths: [], refuses: undefined, standing: [], silent: false, complete: true, sockets: () => [...namespace.sockets.values()],
    answerRenewal: (id) => ({ orderJws: signOrder(key, { kind: 'noop', id, issuedAt: new Date().toISOString() }) }),
    async halt(orderJws, withinMs) {
      const answers = this.sockets().map((socket) => socket.timeout(withinMs).emitWithAck('halt', { orderJws }) as Promise<unknown>);
      return Promise.any(answers).catch(() => undefined);
    },
    async stop() { await io.close(); },
  };
  namespace.use((socket, next) => {
    control.auths.push(socket.handshake.auth);
    next(control.refuses === undefined ? undefined : Object.assign(new Error(control.refuses), { data: { code: control.refuses, message: control.refuses } }));
  });
  namespace.on('connection', (socket) => {
    for (const orderJws of control.standing) socket.emit('halt', { orderJws });
    socket.on('renew', async ({ id }: { id: string }, ack: (answer: unknown) => void) => {
      if (!control.silent) ack({ ok: true, ...(await control.answerRenewal(id)), leaseMs, agentId: 'a-1', environment: 'production', complete: control.complete });
    });
    socket.on('exited', (body: unknown, ack: (answer: unknown) => void) => { control.exited.push(body); ack({ ok: true }); });
  });
  await new Promise<void>((resolve) => http.listen(again.port ?? 0, '127.0.0.1', resolve));
  control.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return control;
}
