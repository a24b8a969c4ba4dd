import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { makeContext, type Context } from '@/lib/context';
import { isDatabaseAway } from '@/lib/db';
import { asDomainError, invalid, notFound, unavailable, type DomainError } from '@/lib/errors';
import { listenOnSocket, type SocketName } from '@/lib/host-socket';
import { parseStrictJson } from '@/lib/protocol/strict-json';

const MAX_BODY_BYTES = 256 * 1024;

export type HostDoor = { path: string | undefined; close(): Promise<void> };

/** `stream` answers by itself, because what it has to say does not fit in memory. */
export type HostRoute =
  | { kind: 'answer'; run(ctx: Context, input: unknown): Promise<object> }
  | { kind: 'stream'; run(ctx: Context, input: unknown, response: ServerResponse): Promise<void> };
type Routes = Record<string, HostRoute>;

/** Opens a process's socket in `dataDir`. Whoever can connect is the machine's owner: the folder is 0700 and the socket 0600. */
export async function openDoor(dataDir: string, name: SocketName, routes: Routes, logger: Logger): Promise<HostDoor> {
  // Unix sockets of this kind don't exist there; the console and REST do all of this too.
  if (process.platform === 'win32') return { path: undefined, close: async () => {} };
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    void answer(routes, request, response).catch((error: unknown) => {
      const known = isDatabaseAway(error) ? unavailable('The database is away. Nothing was changed; try again in a moment.', 1_000, error) : asDomainError(error);
      if (known.code === 'internal') logger.error({ err: error, path: request.url }, 'a request of the host failed');
      refuse(response, known);
    });
  });
  const socket = await listenOnSocket(server, dataDir, name);
  const note = path.join(dataDir, `${name}.sock.path`);
  try {
    if (path.dirname(socket) !== dataDir) writeFileSync(note, `${socket}\n`, { mode: 0o600 });
    else rmSync(note, { force: true });
  } catch (error) {
    // Nobody would find it, and nobody would close it.
    server.close();
    throw error;
  }
  return {
    path: socket,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      rmSync(socket, { force: true });
      rmSync(note, { force: true });
    },
  };
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = routes[(request.url ?? '').slice(1)];
  if (!route || request.method !== 'POST') throw notFound('This Countersign does not know that command; is it older than the command line?');
  const ctx = makeContext({ kind: 'host', user: os.userInfo().username });
  const input = await readBody(request);
  if (route.kind === 'stream') { await route.run(ctx, input, response); return; }
  const text = JSON.stringify(await route.run(ctx, input));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if ((size += chunk.length) > MAX_BODY_BYTES) throw invalid(`The request is larger than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  const parsed = parseStrictJson(Buffer.concat(chunks), { maxBytes: MAX_BODY_BYTES });
  if (!parsed.ok) throw invalid(`The request ${parsed.issues[0].message}.`, parsed.issues);
  return parsed.value;
}

/** An answer that is on its way already can only be broken off, which the other side sees. */
function refuse(response: ServerResponse, error: DomainError): void {
  if (response.headersSent) { response.destroy(error); return; }
  const text = JSON.stringify({ code: error.code, message: error.message, issues: error.issues, retryAfterMs: error.retryAfterMs });
  const status = error.code === 'unavailable' ? 503 : error.code === 'internal' ? 500 : 400;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}
