import { io, type Socket } from 'socket.io-client';
import { type AgentAnswer, type AgentEventBody, type AgentEventName, type InstanceClaim, type ServerEvents, PROTOCOL_VERSION } from '@/lib/protocol';
import { type AccessToken, type Credentials, fetchAccessToken } from './access-token';
import { backOffMs, pause } from './back-off';
import { ClientClosed, type CountersignError, Refused, InvalidRequest, ServerFault, Unauthenticated, Unavailable } from './errors';
import { readWireError } from './read-wire-error';

export type ConnectionOptions = {
  url: URL;
  credentials: Credentials;
  instance: InstanceClaim;
  /** Runs on every new connection before any call may use it: lease, sessions, what was missed. */
  onAttached(call: DirectCall): Promise<void>;
  onUp(): void;
  onDown(why: CountersignError | undefined): void;
  onEvent<N extends keyof ServerEvents>(name: N, body: unknown): unknown;
};

/** Sends on the connection of this moment, whether it is attached yet or not, once. */
export type DirectCall = <N extends AgentEventName>(event: N, body: AgentEventBody<N>, timeoutMs?: number) => Promise<AgentAnswer<N>>;
export type CallOptions = {
  /** Milliseconds for everything: waiting for a connection, sending, sending again. */
  timeoutMs?: number;
  /** Whether sending it twice does what sending it once does. Only then it is sent again when the connection died before the answer. */
  resend: boolean;
  signal?: AbortSignal;
};

const ACK_MS = 10_000;
const serverEvents: (keyof ServerEvents)[] = ['decision', 'halt', 'pause', 'resume', 'policy'];

/** Sent, but nobody knows whether it arrived. */
export class AnswerLost extends Unavailable {}

/** One instance's connection to a gateway: fetches and refreshes its token, comes back by itself with back-off and jitter. */
export class Connection {
  #socket: Socket | undefined;
  #token: AccessToken | undefined;
  #attached = false;
  #refreshTimer: NodeJS.Timeout | undefined;
  readonly #closed = new AbortController();
  readonly #waiting = new Set<() => void>();
  #lastError: CountersignError | undefined;
  #replaced: Refused | undefined;

  constructor(private readonly options: ConnectionOptions) {}

  get attached(): boolean { return this.#attached; }

  /** The first connection. Rejects at once when trying again cannot help, else after `timeoutMs` with what went wrong last. */
  async open(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#connectOnce();
        return;
      } catch (error) {
        if (isHopeless(error) || performance.now() >= end) { this.close(); throw error; }
        await pause(Math.min(backOffMs(attempt), Math.max(0, end - performance.now())), this.#closed.signal);
      }
    }
  }

  /** Sends once on the connection of this moment, attached or not. */
  readonly once: DirectCall = (event, body, timeoutMs) => this.#emit(event, body, timeoutMs ?? ACK_MS);

  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#detach();
    this.#socket?.disconnect();
    this.#wake();
  }

  /** Ends a connection that no longer answers, so that a new one is made. */
  drop(): void {
    this.#socket?.io.engine?.close();
  }

  /** Sends once attached, and again where that is safe. Throws typed errors; nothing it throws is an allow. */
  async call<N extends AgentEventName>(event: N, body: AgentEventBody<N>, options: CallOptions): Promise<AgentAnswer<N>> {
    const end = performance.now() + (options.timeoutMs ?? 30_000);
    for (;;) {
      await this.#untilAttached(end, options.signal);
      try {
        return await this.#emit(event, body, Math.min(ACK_MS, Math.max(1, end - performance.now())));
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        if (error instanceof AnswerLost && !options.resend) throw error;
        const wait = error instanceof AnswerLost ? 50 : error.retryAfterMs;
        if (performance.now() + wait >= end) throw error;
        if (!(await pause(wait, options.signal))) throw options.signal?.reason ?? error;
      }
    }
  }

  async #connectOnce(): Promise<void> {
    if (this.#closed.signal.aborted) throw new ClientClosed();
    const token = await this.#freshToken();
    const { url, instance } = this.options;
    const socket = io(new URL('/agent', url).href, {
      path: `${url.pathname}socket.io/`, transports: ['websocket'], reconnection: false, forceNew: true, autoConnect: false, timeout: ACK_MS,
      auth: { protocol: PROTOCOL_VERSION, token: token.text, instance },
    });
    for (const name of serverEvents) {
      socket.on(name, (body: unknown, ack?: (answer: unknown) => void) => {
        const answer = this.options.onEvent(name, body);
        if (typeof ack === 'function') ack(answer ?? {});
      });
    }
    let closing: unknown;
    socket.on('closing', (why: unknown) => { closing = why; });
    try {
      await connected(socket, this.#closed.signal);
      this.#socket = socket;
      await this.options.onAttached(this.once);
      if (!socket.connected) throw new Unavailable('The connection was lost while it was set up.');
    } catch (error) {
      socket.disconnect();
      if (error instanceof Unauthenticated) this.#token = undefined;
      throw this.#closed.signal.aborted ? new ClientClosed() : error;
    }
    socket.once('disconnect', () => this.#lost(socket, closing));
    this.#lastError = undefined;
    this.#attached = true;
    this.#refreshLater();
    this.options.onUp();
    this.#wake();
  }

  #lost(socket: Socket, closing: unknown): void {
    if (this.#socket !== socket || this.#closed.signal.aborted) return;
    this.#detach();
    const why = closing === undefined ? undefined : readWireError(closing);
    if (why instanceof Unauthenticated) this.#token = undefined;
    // Two processes under one instance id would throw each other out for ever; the newer one stays.
    if (why instanceof Refused && why.code === 'conflict') this.#replaced = why;
    this.options.onDown(why);
    if (this.#replaced) return this.#wake();
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let attempt = 0; !this.#closed.signal.aborted; attempt++) {
      if (!(await pause(backOffMs(attempt), this.#closed.signal))) return;
      try {
        await this.#connectOnce();
        return;
      } catch (error) {
        this.#lastError = error as CountersignError;
      }
    }
  }

  #detach(): void {
    this.#attached = false;
    clearTimeout(this.#refreshTimer);
  }

  #emit<N extends AgentEventName>(event: N, body: AgentEventBody<N>, timeoutMs: number): Promise<AgentAnswer<N>> {
    const socket = this.#socket;
    // socket.io would keep it and send it on some later connection, long after its lease or its caller is gone.
    if (!socket?.connected) return Promise.reject(new Unavailable('Not connected to the gateway.'));
    return new Promise((resolve, reject) => {
      socket.timeout(timeoutMs).emit(event, body, (lost: Error | null, answer: unknown) => {
        if (lost) return reject(new AnswerLost('The connection was lost before the gateway answered.'));
        const { ok, error, decision } = (answer ?? {}) as { ok?: unknown; error?: unknown; decision?: unknown };
        if (ok === true) return resolve(answer as AgentAnswer<N>);
        reject(ok === false ? readWireError(error, decision) : new ServerFault('The gateway answered something that is no acknowledgement of the contract.'));
      });
    });
  }

  async #untilAttached(end: number, signal?: AbortSignal): Promise<void> {
    while (!this.#attached) {
      if (this.#closed.signal.aborted) throw new ClientClosed();
      if (this.#replaced) throw this.#replaced;
      signal?.throwIfAborted();
      const left = end - performance.now();
      if (left <= 0) throw new Unavailable(`Not connected to the gateway${this.#lastError ? `: ${this.#lastError.message}` : '.'}`);
      await new Promise<void>((resolve) => {
        const done = () => { clearTimeout(timer); signal?.removeEventListener('abort', done); this.#waiting.delete(done); resolve(); };
        const timer = setTimeout(done, left);
        signal?.addEventListener('abort', done);
        this.#waiting.add(done);
      });
    }
    if (this.#closed.signal.aborted) throw new ClientClosed();
    signal?.throwIfAborted();
  }

  #wake(): void {
    for (const waiter of [...this.#waiting]) waiter();
  }

  /** The token in hand while more than a third of its life is left, else a new one. */
  async #freshToken(anew = false): Promise<AccessToken> {
    if (!anew && this.#token && lifeLeftMs(this.#token) > this.#token.lifetimeMs / 3) return this.#token;
    return (this.#token = await fetchAccessToken(this.options.url, this.options.credentials, this.#closed.signal));
  }

  #refreshLater(inMs = this.#token ? Math.max(0, lifeLeftMs(this.#token) - this.#token.lifetimeMs / 3) : 0): void {
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = setTimeout(() => void this.#refresh(), inMs);
  }

  async #refresh(): Promise<void> {
    try {
      const token = await this.#freshToken(true);
      await this.#emit('auth.refresh', { token: token.text }, ACK_MS);
      this.#refreshLater();
    } catch {
      // The gateway closes the connection when the old token ends; until then there is time for another try.
      if (this.#attached) this.#refreshLater(1_000 + Math.random() * 1_000);
    }
  }
}

const lifeLeftMs = (token: AccessToken) => token.fetchedAt + token.lifetimeMs - performance.now();

/** Wrong credentials, a foreign instance id, another protocol: nothing that waiting mends. */
function isHopeless(error: unknown): boolean {
  return error instanceof Unauthenticated || error instanceof Refused || error instanceof InvalidRequest || error instanceof ClientClosed || error instanceof TypeError;
}

function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      socket.off('connect', onConnect);
      socket.off('connect_error', onError);
      signal.removeEventListener('abort', onAbort);
      if (error) reject(error); else resolve();
    };
    const onConnect = () => settle();
    const onAbort = () => settle(new ClientClosed());
    const onError = (error: Error & { data?: unknown }) => settle(error.data ? readWireError(error.data) : new Unavailable('The gateway does not answer.', 1_000, { cause: error }));
    socket.on('connect', onConnect);
    socket.on('connect_error', onError);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) return onAbort();
    socket.connect();
  });
}
