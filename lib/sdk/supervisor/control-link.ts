import { io, type Socket } from 'socket.io-client';
import { type Containment, type Exited, type Halted, type KeySet, type OnControlLoss, newId, type Order, PROTOCOL_VERSION, renewedSchema, verifyOrder } from '@/lib/protocol';
import { backOffMs, pause } from '../back-off';
import { type CountersignError, InvalidRequest, Refused, ServerFault, Unauthenticated, Unavailable } from '../errors';
import { Lease, systemClocks } from '../lease';
import { readOrder } from '../read-order';
import { readWireError } from '../read-wire-error';

/** Whom control says that the key is of. Not signed, so it counts for what comes by the same connection alone. */
export type About = { agentId: string; environment: string };

export type LinkOptions = {
  key: string;
  instanceId: string;
  /** This run of the supervisor, the same on each of its connections: several control processes know by it that they speak of one. */
  runId: string;
  /** To how many control processes it keeps a connection. */
  links: number;
  pin: KeySet;
  containment: Containment;
  onControlLoss: OnControlLoss;
  /** A stop that control signed; resolves when nothing is left, or to undefined where it is not about this process. */
  onHalt(order: Order, about: About | undefined): Promise<Halted | undefined>;
  onRefused(why: string): void;
};

export type LinkEvents = {
  /** Control has answered: everything that it knows to stand for this process has been told before. */
  onHeard(): void;
  /** Control signed that it may be waited for longer. */
  onExtended(): void;
  /** Out of reach, or refusing; told once until that changes. */
  onDown(why: CountersignError | undefined): void;
};

const ACK_MS = 5_000;
/** How soon control is asked again when it does not know yet what stands (milliseconds). */
const ASK_AGAIN_MS = 500;
/** Back in touch well within a lease, whatever happened. */
const LONGEST_BACK_OFF_MS = 1_000;
/** Whoever was refused may be known later, when that control has read its keys anew: often enough for a lease, too rarely to be taken for somebody who guesses. */
const REFUSED_BACK_OFF_MS = 5_000;
/** How far the clocks of control processes behind one address may be apart (milliseconds). */
const APART_MS = 1_000;

/** A supervisor's own connection to one control process. Each renewal is a question that control signs its answer to, so nobody else can keep a process alive. */
export class ControlLink {
  readonly #lease = new Lease(undefined, systemClocks);
  readonly #closed = new AbortController();
  #socket: Socket | undefined;
  /** What is left of the lease while control restarts, counted like a lease from when the word of it came. */
  #extension: Lease | undefined;
  #lastEpoch = 0;
  #renewTimer: NodeJS.Timeout | undefined;
  #state: 'trying' | 'heard' | 'down' = 'trying';
  #refusal: CountersignError | undefined;
  #about: About | undefined;
  #complete = false;
  #end: Exited | undefined;
  #reported: (() => void) | undefined;

  constructor(readonly url: URL, private readonly options: LinkOptions, private readonly events: LinkEvents) {}

  /** `trying`: the first attempt has not come to anything yet, so that nobody can say whether this control can be reached. */
  get state(): 'trying' | 'heard' | 'down' { return this.#state; }
  /** Why this control lets the supervisor in by no key of it, as far as the last attempt says. */
  get refusal(): CountersignError | undefined { return this.#refusal; }
  /** Whether this control, right now, knows all that stands and has told it. */
  get complete(): boolean { return this.#state === 'heard' && this.#complete; }
  get connected(): boolean { return this.#socket?.connected === true; }

  /** Connects and stays connected, until it is closed. */
  async open(): Promise<void> {
    for (let attempt = 0; !this.#closed.signal.aborted; attempt++) {
      try {
        await this.#connect();
        return;
      } catch (error) {
        if (this.#closed.signal.aborted) return;
        const refused = error instanceof Unauthenticated || error instanceof InvalidRequest || error instanceof Refused;
        this.#down(error as CountersignError, refused);
        if (!(await pause(refused ? REFUSED_BACK_OFF_MS : Math.min(LONGEST_BACK_OFF_MS, backOffMs(attempt)), this.#closed.signal))) return;
      }
    }
  }

  /** Milliseconds for which the process may go on without another word from this control; 0 or less: none. */
  get remainingMs(): number { return Math.max(this.#lease.remainingMs(), this.#extension?.remainingMs() ?? 0); }

  /** Tells control how the process ended, as soon as it can be told. Resolves once control has it. */
  async report(end: Exited): Promise<void> {
    this.#end = end;
    const told = new Promise<void>((resolve) => { this.#reported = resolve; });
    if (this.#socket?.connected) void this.#tellEnd(this.#socket);
    await told;
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#renewTimer);
    this.#socket?.disconnect();
  }

  async #connect(): Promise<void> {
    const { url, options: { key, instanceId, runId, links, containment, onControlLoss } } = this;
    const socket = io(new URL('/supervisor', url).href, {
      path: `${url.pathname}socket.io/`, transports: ['websocket'], reconnection: false, forceNew: true, autoConnect: false, timeout: ACK_MS,
      auth: { protocol: PROTOCOL_VERSION, key, instanceId, pid: process.pid, containment, onControlLoss, runId, links },
    });
    socket.on('halt', (body: unknown, ack?: (answer: unknown) => void) => void this.#onHalt(body, ack));
    socket.on('extend', (body: unknown) => this.#onExtend(body));
    try {
      await connected(socket, this.#closed.signal);
      this.#socket = socket;
      if (this.#end) await this.#tellEnd(socket);
      await this.#renew(socket);
      if (!socket.connected) throw new Unavailable('The connection was lost while it was set up.');
    } catch (error) {
      socket.disconnect();
      throw error;
    }
    socket.once('disconnect', () => {
      clearTimeout(this.#renewTimer);
      if (this.#closed.signal.aborted) return;
      this.#down(undefined, false);
      void this.open();
    });
    this.#renewLater(socket);
  }

  async #renew(socket: Socket): Promise<void> {
    const id = newId();
    const sent = this.#lease.mark();
    const answer = await ask(socket, 'renew', { id }, this.#lease.lengthMs === 0 ? ACK_MS : Math.max(1_000, this.#lease.lengthMs / 3));
    const read = renewedSchema.safeParse(answer);
    if (!read.success) throw new ServerFault('Control answered a renewal with something that is none.');
    const word = verifyOrder(read.data.orderJws, { keys: this.options.pin, now: new Date(), lastEpoch: this.#lastEpoch });
    // Signed for this question, or it is worth nothing: a word kept from yesterday would keep the process alive for ever.
    if (!word.ok || word.order.kind !== 'noop' || word.order.id !== id) {
      this.options.onRefused(`a renewal is not signed by the control that is pinned${word.ok ? '' : ` (${word.reason})`}`);
      throw new ServerFault('Control did not sign its answer.');
    }
    this.#lease.renewed(sent, read.data.leaseMs);
    // An extension from before this answer is one that somebody kept, perhaps from another connection.
    this.#lastEpoch = Math.max(this.#lastEpoch, Date.parse(word.order.issuedAt) - APART_MS);
    this.#about = { agentId: read.data.agentId, environment: read.data.environment };
    this.#complete = read.data.complete;
    this.#state = 'heard';
    this.#refusal = undefined;
    this.events.onHeard();
  }

  #down(why: CountersignError | undefined, refused: boolean): void {
    const news = this.#state !== 'down' || (refused && !this.#refusal);
    this.#state = 'down';
    this.#refusal = refused ? why : undefined;
    if (news) this.events.onDown(why);
  }

  #renewLater(socket: Socket, inMs = this.#complete ? this.#lease.renewInMs() : ASK_AGAIN_MS): void {
    clearTimeout(this.#renewTimer);
    if (this.#closed.signal.aborted || !socket.connected) return;
    this.#renewTimer = setTimeout(() => {
      this.#renew(socket).then(
        () => this.#renewLater(socket),
        // Most likely the connection is dead: a new one is found sooner than this one's heartbeat gives up.
        () => socket.io.engine?.close(),
      );
    }, Math.max(50, inMs));
  }

  async #onHalt(body: unknown, ack: ((answer: unknown) => void) | undefined): Promise<void> {
    const orderJws = (body as { orderJws?: unknown } | null)?.orderJws;
    const read = readOrder('halt', orderJws, { pin: this.options.pin, now: new Date(), lastEpoch: this.#lastEpoch });
    if (!read.obey) return this.options.onRefused(read.why);
    const halted = read.order && (await this.options.onHalt(read.order, this.#about));
    if (halted && typeof ack === 'function') ack(halted);
  }

  #onExtend(body: unknown): void {
    const orderJws = (body as { orderJws?: unknown } | null)?.orderJws;
    const read = verifyOrder(typeof orderJws === 'string' ? orderJws : '', { keys: this.options.pin, now: new Date(), lastEpoch: this.#lastEpoch });
    if (!read.ok || read.order.kind !== 'extend') return this.options.onRefused(read.ok ? `an extension was a ${read.order.kind}` : read.reason);
    this.#lastEpoch = read.order.epoch;
    const left = Math.max(0, this.#lease.remainingMs()) + read.order.extendMs;
    this.#extension = new Lease(0, systemClocks);
    this.#extension.renewed(this.#extension.mark(), left);
    this.events.onExtended();
  }

  async #tellEnd(socket: Socket): Promise<void> {
    await ask(socket, 'exited', this.#end!).then(() => this.#reported?.(), () => {});
  }
}

async function ask(socket: Socket, event: string, body: object, withinMs = ACK_MS): Promise<unknown> {
  const answer: unknown = await socket.timeout(withinMs).emitWithAck(event, body).catch((error: unknown) => { throw new Unavailable('Control did not answer.', 1_000, { cause: error }); });
  const { ok, error } = (answer ?? {}) as { ok?: unknown; error?: unknown };
  if (ok !== true) throw readWireError(error);
  return answer;
}

function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort);
      socket.off('connect', onConnect);
      socket.off('connect_error', onError);
      if (error) reject(error as Error); else resolve();
    };
    const onConnect = () => settle();
    const onError = (error: Error & { data?: unknown }) => settle(error.data ? readWireError(error.data) : new Unavailable('Control does not answer.', 1_000, { cause: error }));
    const onAbort = () => { socket.disconnect(); settle(new Unavailable('Closed.')); };
    socket.on('connect', onConnect);
    socket.on('connect_error', onError);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) return onAbort();
    socket.connect();
  });
}
