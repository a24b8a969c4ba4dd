import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { InvalidRequest } from '../errors';
import type { ProxyConfig } from './config';
import type { ProxySession } from './proxy-session';

type HttpConfig = NonNullable<ProxyConfig['http']>;
const MOST_BYTES = 1024 * 1024;
/** A session that nobody has used for this long is closed (milliseconds). */
const IDLE_MS = 30 * 60_000;

/** Serves MCP over streamable HTTP: one proxy session for each MCP session. Returns the address, and how to stop. */
export async function serveHttp(config: HttpConfig, open: () => ProxySession, log: (line: string) => void): Promise<{ url: string; close: () => Promise<void> }> {
  if (!isLoopback(config.host) && !config.token) throw new InvalidRequest('"http.host" is not loopback: then "http.token" is needed, else anybody on the network could use these tools.');
  const sessions = new Map<string, { transport: StreamableHTTPServerTransport; proxy: ProxySession; usedAt: number; open: number }>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request, config, (server.address() as AddressInfo).port);
    if (refused) return fail(response, refused.status, refused.message);
    // Only an allowed origin comes this far; a page of it is told so.
    if (request.headers.origin !== undefined) for (const [name, value] of crossOrigin(request.headers.origin)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    const body = request.method === 'POST' ? await readBody(request) : undefined;
    if (body?.ok === false) return fail(response, body.status, body.message);
    const id = request.headers['mcp-session-id'];
    const there = typeof id === 'string' ? sessions.get(id) : undefined;
    if (there) {
      // A stream, or a call that waits for a person, is use for as long as it is open.
      there.open += 1;
      response.once('close', () => { there.open -= 1; there.usedAt = performance.now(); });
      return there.transport.handleRequest(request, response, body?.value);
    }
    if (id !== undefined) return fail(response, 404, 'There is no such session. Initialize a new one.');
    if (!body || !isInitializeRequest(body.value)) return fail(response, 400, 'Initialize a session first.');
    if (sessions.size >= config.maxSessions) return fail(response, 503, 'Too many sessions. Close one first.');
    const proxy = open();
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      // Where no bearer token is asked for, it is all that tells one client from another.
      sessionIdGenerator: () => randomBytes(16).toString('hex'),
      onsessioninitialized: (sessionId) => { sessions.set(sessionId, { transport, proxy, usedAt: performance.now(), open: 0 }); },
      onsessionclosed: (sessionId) => end(sessionId),
    });
    await proxy.mcp.connect(transport);
    return transport.handleRequest(request, response, body.value);
  }

  async function end(sessionId: string): Promise<void> {
    const session = sessions.get(sessionId);
    sessions.delete(sessionId);
    await session?.proxy.close();
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log(`a request failed: ${(error as Error).stack ?? String(error)}`);
      if (!response.headersSent) fail(response, 500, 'The request failed.');
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.port, config.host, resolve));
  const sweep = setInterval(() => {
    for (const [id, session] of sessions) if (session.open === 0 && performance.now() - session.usedAt > IDLE_MS) void end(id);
  }, 60_000);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${isIP(config.host) === 6 ? `[${config.host}]` : config.host}:${port}${config.path}`,
    close: async () => {
      clearInterval(sweep);
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all([...sessions.keys()].map(end));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Why a request is turned away before anything of it is read; a page of a foreign site reaches loopback as easily as a program does. */
function refusal(request: IncomingMessage, config: HttpConfig, port: number): { status: number; message: string } | undefined {
  const { host, origin, authorization } = request.headers;
  if (new URL(request.url ?? '/', 'http://x').pathname !== config.path) return { status: 404, message: `MCP is at ${config.path}.` };
  // A name that somebody else's DNS points here would get around the Origin check otherwise.
  if (isLoopback(config.host) && ![`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host ?? '')) return { status: 403, message: 'This host name is not served.' };
  if (origin !== undefined && !config.allowedOrigins.includes(origin)) return { status: 403, message: 'This origin is not allowed.' };
  // A browser's question before the request proper carries no token, and learns only that it may ask.
  if (request.method !== 'OPTIONS' && config.token !== undefined && !sameText(authorization ?? '', `Bearer ${config.token}`)) return { status: 401, message: 'A bearer token is needed.' };
  return undefined;
}

const crossOrigin = (origin: string): [string, string][] => [
  ['access-control-allow-origin', origin],
  ['vary', 'origin'],
  ['access-control-allow-methods', 'GET, POST, DELETE'],
  ['access-control-allow-headers', 'authorization, content-type, last-event-id, mcp-protocol-version, mcp-session-id'],
  ['access-control-expose-headers', 'mcp-session-id'],
];

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

type Body = { ok: true; value: unknown } | { ok: false; status: number; message: string };

async function readBody(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.byteLength;
    if (size > MOST_BYTES) return { ok: false, status: 413, message: 'The request is too large.' };
    parts.push(part);
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(parts).toString('utf8')) };
  } catch {
    return { ok: false, status: 400, message: 'The request is not JSON.' };
  }
}

function fail(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32000, message }, id: null }));
}
