import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { actionDigest, type Decision, newId } from '@/lib/protocol';

/** The members that tests look at; which of them are there depends on the event. */
type Body = { requestId: string; tool: string; args: Record<string, unknown>; sessionId: string; output?: unknown };
type Handler = (body: Body, socket: Socket) => unknown;

/**
 * A small server that speaks the wire contract, so that tests can make the client live through what a real gateway rarely does: lost
 * answers, late leases, nonsense. It decides nothing by itself; each test says what is answered.
 */
export class ContractServer {
  readonly sessions = new Map<string, string>();
  readonly received: { event: string; body: Record<string, unknown> }[] = [];
  readonly handlers = new Map<string, Handler>();
  tokenSeconds = 300;
  tokensIssued = 0;
  leaseMs = 3_000;
  /** Refuses connections with this while set. */
  refuse: { code: string; message: string } | undefined;
  #http!: HttpServer;
  #io!: Server;
  #port = 0;

  static async start(): Promise<ContractServer> {
    const server = new ContractServer();
    await server.listen();
    return server;
  }

  get url(): string { return `http://127.0.0.1:${this.#port}`; }
  get sockets(): Socket[] { return [...this.#io.of('/agent').sockets.values()]; }
  events(name: string): Record<string, unknown>[] { return this.received.filter(({ event }) => event === name).map(({ body }) => body); }

  async listen(): Promise<void> {
    this.#http = createServer((request, response) => this.#token(request, response));
    this.#io = new Server(this.#http, { serveClient: false, destroyUpgrade: false });
    const agents = this.#io.of('/agent');
    agents.use((_socket, next) => {
      if (!this.refuse) return next();
      next(Object.assign(new Error(this.refuse.message), { data: this.refuse }));
    });
    agents.on('connection', (socket) => {
      socket.onAny((event: string, body: Body, ack?: (answer: unknown) => void) => {
        this.received.push({ event, body });
        const handler = this.handlers.get(event);
        void Promise.resolve(handler ? handler(body, socket) : this.#standard(event, body)).then((answer) => { if (answer !== 'silence') ack?.(answer); });
      });
    });
    await new Promise<void>((resolve) => this.#http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  /** Cuts every connection; `close` also stops listening. */
  cut(): void { for (const socket of this.sockets) socket.conn.close(); }

  async close(): Promise<void> {
    await this.#io.close();
    this.#http.closeAllConnections();
  }

  #token(request: IncomingMessage, response: ServerResponse): void {
    if (request.url !== '/api/oauth/token') return void response.writeHead(404).end();
    let text = '';
    request.on('data', (part: Buffer) => { text += part.toString(); });
    request.on('end', () => {
      const form = new URLSearchParams(text);
      response.setHeader('content-type', 'application/json');
      if (form.get('client_secret') !== 'right') return void response.writeHead(401).end(JSON.stringify({ error: 'invalid_client' }));
      this.tokensIssued += 1;
      response.end(JSON.stringify({ access_token: `token-${this.tokensIssued}`, token_type: 'Bearer', expires_in: this.tokenSeconds }));
    });
  }

  #standard(event: string, body: Body): unknown {
    const leaseExpiresAt = new Date(Date.now() + this.leaseMs).toISOString();
    switch (event) {
      case 'lease.renew':
        return { ok: true, leaseMs: this.leaseMs, leaseExpiresAt, sessions: [...this.sessions].map(([id, state]) => ({ id, state })) };
      case 'session.open': {
        const { sessionId } = body;
        this.sessions.set(sessionId, 'open');
        return { ok: true, session: { id: sessionId, state: 'open', generation: 1, enforcement: 'cooperative' }, leaseMs: this.leaseMs, leaseExpiresAt, policy: { version: '1', sha256: '0'.repeat(64) }, canary: 'csc-1', delimiter: 'data-1' };
      }
      case 'sync': return { ok: true, sessions: [...this.sessions].map(([id, state]) => ({ id, state, decisions: [] })) };
      case 'action.request': return { ok: true, decision: decisionFor(body) };
      case 'action.result': return { ok: true, verdict: 'clean', findings: [], output: body.output ?? null };
      default: return { ok: true };
    }
  }
}

/** A decision that fits a request, allow unless changed. */
export function decisionFor(request: { requestId: string; tool: string; args: Record<string, unknown> }, change: Partial<Decision> = {}): Decision {
  return {
    actionId: newId(), requestId: request.requestId, digest: actionDigest(request.tool, request.args), decision: 'allow', code: 'policy.permit', reason: 'A rule permits this.',
    rules: [], policyVersion: '1', findings: [], provenance: {}, ...change,
  };
}

export const asked = (change: Partial<Decision> = {}): Partial<Decision> => ({
  decision: 'ask', code: 'approval.pending', reason: 'A person decides this.', approval: { id: newId(), decideBy: new Date(Date.now() + 60_000).toISOString(), expectedWaitMs: null }, ...change,
});
