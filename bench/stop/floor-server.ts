// The least that a stop could be: a bare socket.io server that broadcasts an order and waits until everybody has acknowledged it. No record,
// no database, no check, no idea of who anybody is. Two of them run, as two gateways do.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/** `only`: so many of those that are connected, instead of all. */
export type FloorOrder = { event: string; body: object; only?: number };

const server = http.createServer((request, response) => {
  void (async () => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { event, body, only } = JSON.parse(text) as FloorOrder;
    const sockets = only === undefined ? undefined : [...agents.sockets.keys()].slice(0, only);
    const answers = sockets?.length === 0 ? [] : await (sockets ? agents.to(sockets) : agents).timeout(60_000).emitWithAck(event, body) as unknown[];
    response.end(String(answers.length));
  })().catch((error: unknown) => { response.statusCode = 500; response.end(String(error)); });
});
const io = new Server(server, { transports: ['websocket'], serveClient: false, perMessageDeflate: false, pingInterval: 10_000, pingTimeout: 30_000 });
const agents = io.of('/agent');
agents.on('connection', () => {});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ ready: true, port: (server.address() as AddressInfo).port }));
