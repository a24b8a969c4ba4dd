import { hostname } from 'node:os';
import { type AgentAnswer, type AgentEventBody, type AgentEventName, answerSchemas, type InstanceClaim, type KeySet, newId, type Order, type ServerEvents } from '@/lib/protocol';
import { type AssertionKey, signHaltAcknowledgement } from './client-assertion';
import { type CallOptions, Connection, type DirectCall } from './connection';
import { readControlPin } from './control-pin';
import { type CountersignError, InvalidRequest, LeaseLapsed, Refused, ServerFault, Unavailable } from './errors';
import { Lease, systemClocks } from './lease';
import { covers, readOrder } from './read-order';
import { parsed, SessionHandle, type SessionPort } from './session-handle';
import { noState, StateFile, type SavedState, type StateStore } from './state-file';
import { TypedEvents } from './typed-events';

export type ConnectOptions = {
  /** Where the gateway is, e.g. `http://localhost:3000`. */
  url: string;
  clientId: string;
  /** One of the two: the agent's secret, or the Ed25519 private key that it registered. */
  clientSecret?: string;
  clientAssertionKey?: AssertionKey;
  /** This deployment of the agent. Its `id` is made and kept in the state file unless you give one; it must be unique to this process. */
  instance: { name: string; id?: string; version?: string; host?: string };
  /** The control process's public key (two, comma separated, while it is replaced), got out of band. Default: COUNTERSIGN_CONTROL_PIN. */
  controlPin?: string;
  /** Where to keep what must survive a restart: instance id, open sessions, unresolved request ids. */
  stateFile?: string;
  /** How much earlier than the gateway this process considers its lease lapsed, in milliseconds. Default: a tenth of the lease, at most 1,000. */
  leaseMarginMs?: number;
  /** How long to try for the first connection, in milliseconds. Default 15,000. */
  connectTimeoutMs?: number;
};

export type OpenSession = Omit<AgentEventBody<'session.open'>, 'sessionId'> & { /** A UUIDv7 of your own, to return to it later; made for you otherwise. */ sessionId?: string };

export type ClientEvents = {
  connection: { state: 'up' } | { state: 'down'; /** What the gateway said before it closed the connection, if it did. */ why: CountersignError | undefined };
  /** An order came that was not obeyed, and why: a wrong pin, an old order, or somebody who forges them. */
  orderRefused: { event: 'halt' | 'pause' | 'resume'; why: string };
};

/** A decision that a push has lost is found by asking this often while a question is open (milliseconds). */
const SYNC_EVERY_MS = 20_000;
/** Where a list of sessions may have been cut off. */
const MOST_LISTED = 256;
/** How many lifted pauses are remembered, so that one that is told late does not count again. */
const MOST_LIFTED = 1_000;

/** One running agent's connection to Countersign. `connect` makes one; it stays connected by itself until `close`. */
export class AgentClient extends TypedEvents<ClientEvents> {
  readonly #sessions = new Map<string, SessionHandle>();
  readonly #store: StateStore;
  readonly #pin: KeySet | undefined;
  readonly #key: AssertionKey | undefined;
  readonly #lease: Lease;
  readonly #connection: Connection;
  readonly #port: SessionPort;
  readonly #agentId: string;
  readonly #early = new Map<string, unknown>();
  readonly #lifted = new Set<string>();
  #lastEpoch: number;
  #renewTimer: NodeJS.Timeout | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #closed = false;
  /** This deployment's id, as the gateway and its switches know it. */
  readonly instanceId: string;

  /** Connects and returns to what the state file has open. Throws Unauthenticated, Refused or InvalidRequest at once, Unavailable after `connectTimeoutMs`. */
  static async connect(options: ConnectOptions): Promise<AgentClient> {
    if (!options.clientSecret && !options.clientAssertionKey) throw new InvalidRequest('Give clientSecret or clientAssertionKey: the agent has to say who it is.');
    const store = options.stateFile ? new StateFile(options.stateFile) : noState;
    const client = new AgentClient(options, store, await store.read());
    await client.#save();
    await client.#connection.open(options.connectTimeoutMs ?? 15_000).catch((error: unknown) => { client.#end(); throw error; });
    return client;
  }

  private constructor(options: ConnectOptions, store: StateStore, saved: SavedState | undefined) {
    super();
    const url = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`);
    const pin = options.controlPin ?? process.env.COUNTERSIGN_CONTROL_PIN;
    this.#pin = pin ? readControlPin(pin) : undefined;
    this.#key = options.clientAssertionKey;
    this.#store = store;
    this.#lease = new Lease(options.leaseMarginMs, systemClocks);
    this.#lastEpoch = saved?.lastEpoch ?? 0;
    this.#agentId = options.clientId;
    this.instanceId = options.instance.id ?? (process.env.COUNTERSIGN_INSTANCE_ID || undefined) ?? saved?.instanceId ?? newId();
    const instance: InstanceClaim = { host: hostname().slice(0, 255), ...options.instance, id: this.instanceId };
    this.#connection = new Connection({
      url, instance,
      credentials: { clientId: options.clientId, ...(options.clientSecret ? { clientSecret: options.clientSecret } : {}), ...(options.clientAssertionKey ? { clientAssertionKey: options.clientAssertionKey } : {}) },
      onAttached: (call) => this.#attached(call),
      onUp: () => this.emit('connection', { state: 'up' }),
      onDown: (why) => { clearTimeout(this.#renewTimer); this.emit('connection', { state: 'down', why }); },
      onEvent: (name, body) => this.#onEvent(name, body),
    });
    this.#port = {
      call: (event, body, callOptions) => this.#call(event, body, callOptions),
      leaseHolds: () => this.#lease.holds(),
      save: () => this.#save(),
      early: (actionId) => this.#takeEarly(actionId),
      forget: (session) => { this.#sessions.delete(session.id); void this.#save().catch(() => {}); },
    };
    for (const { id, requests, ...open } of saved?.sessions ?? []) this.#sessions.set(id, new SessionHandle(this.#port, { sessionId: id, ...open }, requests));
  }

  /** Sessions that are neither closed nor stopped: those opened here, and after a restart those of the state file. */
  get sessions(): SessionHandle[] { return [...this.#sessions.values()]; }

  get connected(): boolean { return this.#connection.attached; }

  /** Milliseconds for which tools may still run without hearing from the gateway; 0 or less: none may. */
  get leaseRemainingMs(): number { return this.#lease.remainingMs(); }

  /** Opens a session, or takes over one of this agent's when its `sessionId` is given. A session opened under a stop is born stopped: SessionStopped. */
  async openSession(open: OpenSession, options: { signal?: AbortSignal; timeoutMs?: number } = {}): Promise<SessionHandle> {
    // The id is made here, so that an answer that got lost never leaves a second session behind.
    const body = parsed('session.open', { ...open, sessionId: open.sessionId ?? newId() }) as AgentEventBody<'session.open'> & { sessionId: string };
    const session = this.#sessions.get(body.sessionId) ?? new SessionHandle(this.#port, body);
    session.opened(await this.#call('session.open', body, { resend: true, ...options }));
    if (session.signal.aborted) throw session.signal.reason;
    this.#sessions.set(session.id, session);
    await this.#save();
    return session;
  }

  /** Disconnects. Sessions stay as they are: close them first, unless another process is to go on with them. */
  async close(): Promise<void> {
    this.#end();
    await this.#save();
  }

  #end(): void {
    this.#closed = true;
    clearTimeout(this.#renewTimer);
    clearInterval(this.#syncTimer);
    this.#lease.lapse();
    this.#connection.close();
  }

  /** A new connection: first the lease, then what the gateway thinks of each session, then what was decided meanwhile. */
  async #attached(call: DirectCall): Promise<void> {
    await this.#renew(call);
    if (this.#sessions.size > 0) {
      await Promise.all(this.sessions.filter((session) => !session.greeted).map((session) => this.#reopen(session, call)));
      if (this.#sessions.size > 0) await this.#sync(call);
    }
    this.#renewLater();
    clearInterval(this.#syncTimer);
    this.#syncTimer = setInterval(() => {
      if (this.connected && this.sessions.some((session) => session.unresolved.length > 0)) this.#sync(this.#connection.once).catch(() => {});
    }, SYNC_EVERY_MS);
  }

  async #renew(call: DirectCall): Promise<void> {
    const before = [...this.#sessions.keys()];
    const sent = this.#lease.mark();
    const answer = answerSchemas['lease.renew'].safeParse(await call('lease.renew', {}, Math.max(1_000, this.#lease.lengthMs / 3)));
    if (!answer.success) throw new ServerFault('The gateway answered a lease that is none.');
    this.#lease.renewed(sent, answer.data.leaseMs);
    const { sessions } = answer.data;
    // The gateway lists what this instance holds. What is not there has ended, or another instance has taken it over; opening it again would take it back.
    if (sessions.length < MOST_LISTED) {
      const listed = new Set(sessions.map(({ id }) => id));
      for (const id of before) if (!listed.has(id)) this.#sessions.get(id)?.end('closed', 'The session has ended, or another instance has taken it over');
    }
    for (const { id, state } of sessions) {
      const session = this.#sessions.get(id);
      session?.believe(state);
      if (session && state === 'lost') await this.#reopen(session, call);
    }
  }

  #renewLater(atLeastMs = 50): void {
    clearTimeout(this.#renewTimer);
    if (this.#closed) return;
    this.#renewTimer = setTimeout(() => {
      this.#renew(this.#connection.once).then(
        () => this.#renewLater(),
        (error: unknown) => {
          if (error instanceof LeaseLapsed) this.#lease.lapse();
          // An unanswered renewal most likely means a dead connection: a new one is found sooner than this one's heartbeat gives up.
          if (this.connected && error instanceof Unavailable) this.#connection.drop();
          else if (this.connected) this.#renewLater(1_000);
        },
      );
    }, Math.max(atLeastMs, this.#lease.renewInMs()));
  }

  async #reopen(session: SessionHandle, call: DirectCall): Promise<void> {
    try {
      session.opened(await call('session.open', session.reopen));
    } catch (error) {
      // Final on the other side, or with another instance now: it is over for this process.
      if (error instanceof Refused) session.end('closed', error.message.replace(/\.$/, ''));
      else throw error;
    }
  }

  async #sync(call: DirectCall): Promise<void> {
    const ids = this.sessions.map((session) => session.id);
    for (let from = 0; from < ids.length; from += 256) {
      const answer = await call('sync', { sessionIds: ids.slice(from, from + 256) });
      for (const { id, state, decisions } of answer.sessions ?? []) {
        const session = this.#sessions.get(id);
        for (const decision of decisions ?? []) session?.arrived(decision);
        session?.believe(state);
      }
    }
  }

  #call<N extends AgentEventName>(event: N, body: AgentEventBody<N>, options: CallOptions): Promise<AgentAnswer<N>> {
    return this.#connection.call(event, body, options);
  }

  #onEvent<N extends keyof ServerEvents>(name: N, body: unknown): unknown {
    const message = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    if (name === 'decision') return this.#onDecision(message.decision);
    if (name === 'policy') {
      if (typeof message.version === 'string' && typeof message.sha256 === 'string') for (const session of this.sessions) session.policyChanged({ version: message.version, sha256: message.sha256 });
      return {};
    }
    return this.#onOrder(name as 'halt' | 'pause' | 'resume', message.orderJws);
  }

  #onDecision(decision: unknown): unknown {
    if (this.sessions.some((session) => session.arrived(decision))) return {};
    // It can overtake the answer to its own request: kept for a moment, until that has come.
    const actionId = (decision as { actionId?: unknown } | null)?.actionId;
    if (typeof actionId === 'string') {
      this.#early.set(actionId, decision);
      if (this.#early.size > 256) this.#early.delete(this.#early.keys().next().value as string);
    }
    return {};
  }

  #takeEarly(actionId: string): unknown {
    const decision = this.#early.get(actionId);
    this.#early.delete(actionId);
    return decision;
  }

  #onOrder(event: 'halt' | 'pause' | 'resume', orderJws: unknown): unknown {
    const read = readOrder(event, orderJws, { pin: this.#pin, now: new Date(), lastEpoch: this.#lastEpoch, pausedBy: (id) => this.sessions.some((session) => session.isPausedBy(id)), paused: this.sessions.some((session) => session.state === 'paused') });
    if (!read.obey) {
      if (!read.stale) this.emit('orderRefused', { event, why: read.why });
      return event === 'halt' ? { stopped: [], at: new Date().toISOString() } : {};
    }
    const { order } = read;
    if (order && 'epoch' in order) this.#lastEpoch = Math.max(this.#lastEpoch, order.epoch);
    if (order?.kind === 'resume') this.#remember(order.releases);
    // A gateway whose view is some moments old tells of a pause that control has lifted by now. Orders count once.
    if (this.#pin && order?.kind === 'pause' && this.#lifted.has(order.id)) return {};
    const reached = this.sessions.filter((session) => covers(order, { id: session.id, instanceId: this.instanceId, agentId: this.#agentId }));
    for (const session of reached) session.obey(event, order);
    void this.#save().catch(() => {});
    return event === 'halt' ? this.#acknowledged(order, reached.map((session) => session.id)) : {};
  }

  #acknowledged(order: Order | undefined, stopped: string[]): object {
    const acknowledgement = { stopped, at: new Date().toISOString() };
    return this.#key === undefined || !order ? acknowledgement : { ...acknowledgement, signature: signHaltAcknowledgement(this.#key, order.id, acknowledgement) };
  }

  #remember(lifted: string): void {
    this.#lifted.add(lifted);
    if (this.#lifted.size > MOST_LIFTED) this.#lifted.delete(this.#lifted.values().next().value as string);
  }

  #save(): Promise<void> {
    return this.#store.write({ version: 1, instanceId: this.instanceId, lastEpoch: this.#lastEpoch, sessions: this.sessions.map((session) => session.saved) });
  }
}

