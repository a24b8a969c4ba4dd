import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { sendProblem } from './answers';
import { CONSOLE_REUSED_MS } from './rules';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** Hands everything that is a person's to the console's process. When that is away, agents go on and people see a page that says so. */
export function consoleProxy(upstream: string, reusedForMs = CONSOLE_REUSED_MS) {
  const { hostname, port } = new URL(upstream);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256, timeout: reusedForMs });

  return {
    request(request: IncomingMessage, response: ServerResponse): void {
      const headers = { ...request.headers };
      for (const name of HOP_BY_HOP) delete headers[name];
      // What a client says of its own address is not believed; the console sees what this socket saw.
      headers['x-forwarded-for'] = request.socket.remoteAddress ?? '';
      headers['x-forwarded-host'] = request.headers.host;
      headers['x-forwarded-proto'] = (request.socket as { encrypted?: boolean }).encrypted ? 'https' : 'http';
      const onward = http.request({ hostname, port, agent, method: request.method, path: request.url, headers }, (answer) => {
        const back = { ...answer.headers };
        for (const name of HOP_BY_HOP) delete back[name];
        response.writeHead(answer.statusCode ?? 502, back);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      });
      onward.on('error', () => { if (response.headersSent) response.destroy(); else consoleAway(request, response); });
      response.on('close', () => { if (!response.writableFinished) onward.destroy(); });
      request.pipe(onward);
    },

    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const onward = net.connect(Number(port), hostname, () => {
        const lines = [`${request.method} ${request.url} HTTP/1.1`];
        for (let i = 0; i < request.rawHeaders.length; i += 2) {
          if (/^x-forwarded-/i.test(request.rawHeaders[i]!)) continue;
          lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
        }
        lines.push(`X-Forwarded-For: ${request.socket.remoteAddress ?? ''}`);
        onward.write(`${lines.join('\r\n')}\r\n\r\n`);
        onward.write(head);
        onward.pipe(socket);
        socket.pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      socket.on('close', () => onward.destroy());
    },

    close(): void { agent.destroy(); },
  };
}

const AWAY = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="2"><title>Countersign: the console is starting</title>
<body><main><h1>The console is not here at the moment</h1><p>This page tries again by itself. Agents are still decided on by policy; what waits for a person goes on waiting, and no answer is not a yes.</p>
<p>To stop everything now, on this machine: <code>npx countersign stop --global</code></p></main></body></html>`;

function consoleAway(request: IncomingMessage, response: ServerResponse): void {
  if (!(request.headers.accept ?? '').includes('text/html')) {
    response.setHeader('Retry-After', '2');
    sendProblem(response, 503, 'Unavailable', 'The console is not here at the moment. Try again in a few seconds.');
    return;
  }
  response.writeHead(503, { 'Content-Type': 'text/html; charset=utf-8', 'Retry-After': '2', 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'", 'X-Content-Type-Options': 'nosniff' });
  response.end(AWAY);
}
