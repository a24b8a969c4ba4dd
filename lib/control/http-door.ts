import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FailedCredentials } from '@/lib/access';
import { makeContext, type Actor, type Context } from '@/lib/context';
import { asDomainError, DomainError, invalid, rateLimited, unauthenticated, type DomainErrorCode } from '@/lib/errors';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import { secretKind } from '@/lib/signing';
import { nobodyKnows, type LookAgain } from './look-again';

const MAX_BODY_BYTES = 16 * 1024;

export type Reply = { status: number; body: unknown };
export type Route = (request: { ctx: Context; params: string[]; body: unknown }) => Promise<Reply>;
/** `open` routes take no credential; `fromConsole` ones may be called by the console's pages in a browser. A path is matched whole; its groups are the params. */
export type Routes = { method: 'GET' | 'POST'; path: RegExp; open?: true; fromConsole?: true; run: Route }[];

/** Who is at the door: found by a credential, or known because only the host's user can reach it. */
export type Doorkeeper = { kind: 'keys'; actorOf(secret: string): Actor | undefined; /** For a key that is not in memory. */ lookAgain: LookAgain; failures: FailedCredentials } | { kind: 'host'; user: string };

const statuses: Record<DomainErrorCode, number> = {
  invalid: 400, unauthenticated: 401, forbidden: 403, step_up_required: 403, not_found: 404, conflict: 409, lease_lapsed: 409, held: 409, rate_limited: 429, internal: 500, unavailable: 503,
};

/** Plain HTTP with bounded bodies and strict JSON; every error is a problem document, and an unknown one's message stays here. `consoleOrigin`: whose pages may read answers. */
export function httpDoor(routes: Routes, doorkeeper: Doorkeeper, onError: (error: unknown) => void, consoleOrigin?: string): Server {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 16 * 1024 }, (request, response) => {
    const shared = routes.find((route) => route.fromConsole && route.path.test(pathOf(request)));
    if (shared) response.setHeader('vary', 'origin');
    if (shared && consoleOrigin !== undefined && request.headers.origin === consoleOrigin) {
      response.setHeader('access-control-allow-origin', consoleOrigin);
      if (request.method === 'OPTIONS') return preflight(response, shared.method);
    }
    void handle(routes, doorkeeper, request).then(
      (reply) => send(response, reply.status, 'application/json', reply.body),
      (error: unknown) => {
        const known = asDomainError(error);
        if (known.code === 'internal' || known.code === 'unavailable') onError(error);
        const status = statuses[known.code];
        if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="countersign control"');
        if (known.retryAfterMs !== undefined) response.setHeader('retry-after', String(Math.max(1, Math.ceil(known.retryAfterMs / 1_000))));
        send(response, status, 'application/problem+json', {
          ...known.data, type: `urn:countersign:problem:${known.code}`, status, code: known.code, title: known.code.replaceAll('_', ' '), detail: known.message,
          ...(known.issues ? { issues: known.issues } : {}), ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }),
        });
      },
    );
  });
  server.on('clientError', (_error, socket) => { if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'); });
  return server;
}

async function handle(routes: Routes, doorkeeper: Doorkeeper, request: IncomingMessage): Promise<Reply> {
  const path = pathOf(request);
  const there = routes.flatMap((route) => { const match = route.path.exec(path); return match ? [{ route, params: match.slice(1) }] : []; });
  const found = there.find(({ route }) => route.method === request.method);
  if (!found) throw new DomainError('not_found', there.length > 0 ? `${path} takes ${there.map(({ route }) => route.method).join(' or ')}.` : 'There is no such address here.');
  const ctx = makeContext(found.route.open ? { kind: 'system', process: 'control' } : await admit(doorkeeper, request), { ...(request.socket.remoteAddress ? { ip: request.socket.remoteAddress } : {}) });
  const body = found.route.method === 'POST' ? await readBody(request) : undefined;
  return found.route.run({ ctx, params: found.params.map(decodeURIComponent), body });
}

const pathOf = (request: IncomingMessage) => (request.url ?? '/').split('?', 1)[0] as string;

/** What a browser asks before it sends JSON from the console's address to this one. No cookie goes along. */
function preflight(response: ServerResponse, method: string): void {
  response.writeHead(204, { 'access-control-allow-methods': method, 'access-control-allow-headers': 'content-type', 'access-control-max-age': '600', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end();
}

async function admit(doorkeeper: Doorkeeper, request: IncomingMessage): Promise<Actor> {
  if (doorkeeper.kind === 'host') return { kind: 'host', user: doorkeeper.user };
  const secret = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const actor = secret === undefined ? undefined : doorkeeper.actorOf(secret);
  // The good key first: however many bad ones come from its address, it stops.
  if (actor) return actor;
  const wait = doorkeeper.failures.note(request.socket.remoteAddress ?? '');
  if (wait > 0) throw rateLimited('Too many unknown credentials from this address.', wait);
  // One that was made since the last round is in the database alone. What cannot be a key is not looked for.
  if (secret !== undefined && secretKind(secret) === 'ctl') {
    if (!(await doorkeeper.lookAgain.look())) throw nobodyKnows();
    const made = doorkeeper.actorOf(secret);
    if (made) return made;
  }
  throw unauthenticated('This takes a control key: Authorization: Bearer csk_ctl_….');
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw invalid(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  const parsed = parseStrictJson(Buffer.concat(chunks), { maxBytes: MAX_BODY_BYTES, maxDepth: 8 });
  if (!parsed.ok) throw invalid(`The body ${parsed.issues[0].message}.`, parsed.issues);
  return parsed.value;
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  if (response.headersSent) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(text), 'x-content-type-options': 'nosniff', ...(status === 400 ? { connection: 'close' } : {}) });
  response.end(text);
}
