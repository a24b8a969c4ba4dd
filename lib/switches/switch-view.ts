import { makeContext, type Context } from '@/lib/context';
import { dedicatedConnection, listen, type Dedicated, type Listening, type Sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { MAX_SWITCH_VIEW_AGE_MS } from '@/lib/protocol/limits';
import { beat, closeGateway, openGateway } from './gateway-row';
import { InFlight } from './in-flight';
import { matchingOrder, noOrders, standingOrders, type StandingOrder, type StandingOrders, type Subject } from './rules';
import { StandingReader, type ControlKeys, type Lifted } from './standing-reader';

export type SwitchViewOptions = {
  url: string;
  keys: ControlKeys;
  gatewayId?: string;
  pollMs?: number;
  /** A monotonic clock in milliseconds. */
  clock?: () => number;
  /** Told of what goes wrong, for logs; the view goes on by itself. */
  onError?: (error: unknown) => void;
};

/** A decision under way. Call `end` in a `finally`: a fence waits for it. */
export type BegunDecision = {
  readonly generation: number;
  readonly orders: StandingOrders;
  /** False: the view is too old to decide by, answer `unavailable`. */
  readonly fresh: boolean;
  /** To be asked right before answering: still fresh, and no switch was thrown since. */
  stillCurrent(): boolean;
  end(): void;
};

export type SwitchChange = {
  generation: number;
  orders: StandingOrders;
  /** Seen for the first time. */
  engaged: StandingOrder[];
  /** Control's signature seen for the first time: send `halt` or `pause` with `orderJws` now. */
  signed: StandingOrder[];
  /** Undone, with control's proof: for a pause, send `resume`. */
  lifted: Lifted[];
};

const FULL_READ_MS = 10_000;

/**
 * What is stopped, as one gateway sees it: in memory, kept by notices and a poll on a connection of its own. It registers
 * the gateway, and acknowledges a generation once every decision begun under an older one has ended. Older than two seconds
 * it is not fresh, by a monotonic clock counted from when the last good reading was asked for.
 */
export class SwitchView {
  readonly gatewayId: string;
  private readonly clock: () => number;
  private readonly reader: StandingReader;
  private readonly inFlight = new InFlight();
  /** The same by turn: the view takes a new one with each generation, and with each order that control tells by itself. */
  private readonly inTurn = new InFlight();
  private turn = 0;
  private waiting: { turn: number; resolve: () => void }[] = [];
  private readonly unread = new Map<string, { promise: Promise<void>; resolve: () => void }>();
  private readonly listeners = new Set<(change: SwitchChange) => void>();
  private readonly ctx: Context = makeContext({ kind: 'system', process: 'gateway' });
  private client: Dedicated | undefined;
  private listening: Listening | undefined;
  private timer: NodeJS.Timeout | undefined;
  private current: { generation: number; orders: StandingOrders; at: number } = { generation: 0, orders: noOrders, at: Number.NEGATIVE_INFINITY };
  private acknowledged = 0;
  private fullReadAt = Number.NEGATIVE_INFINITY;
  private noticed = true;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(private readonly options: SwitchViewOptions) {
    this.gatewayId = options.gatewayId ?? newId();
    this.clock = options.clock ?? (() => performance.now());
    this.reader = new StandingReader(options.keys, this.clock);
  }

  /** Registers and reads for the first time; resolves also when the database is away (the view is then not fresh yet). */
  async start(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => this.wake(), this.options.pollMs ?? 500);
    const hint = () => { this.noticed = true; this.wake(); };
    // What tells of how far an order has come changes nothing about what is stopped.
    this.listening = await listen(['cs_switch'], (_channel, payload) => { if (!('orderId' in payload) && !('gatewayId' in payload)) hint(); }, hint, this.options.url);
  }

  /** Reads again now; resolves when a reading that began after this call is over, well or not. */
  async refresh(): Promise<void> {
    this.noticed = true;
    await this.running;
    this.wake();
    await this.running;
  }

  /** Reads again unless this generation has been read already. */
  async reach(generation: number): Promise<void> {
    if (this.current.generation < generation) await this.refresh();
  }

  /** Resolves once the row of this order has been read, which may come after control has told it; after `patienceMs` in any case. */
  async onRecord(orderId: string, patienceMs: number): Promise<void> {
    if (this.reader.hasRead(orderId)) return;
    let waiting = this.unread.get(orderId);
    if (!waiting) {
      let resolve = () => {};
      const promise = new Promise<void>((done) => { resolve = done; });
      const timer = setTimeout(() => { this.unread.delete(orderId); resolve(); }, patienceMs);
      timer.unref();
      this.unread.set(orderId, (waiting = { promise, resolve: () => { clearTimeout(timer); resolve(); } }));
    }
    await waiting.promise;
  }

  get fresh(): boolean { return !this.stopped && this.clock() - this.current.at <= MAX_SWITCH_VIEW_AGE_MS; }
  get generation(): number { return this.current.generation; }
  get orders(): StandingOrders { return this.current.orders; }
  /** Decisions under way, for metrics. */
  get deciding(): number { return this.inFlight.total; }

  match(subject: Subject): StandingOrder | null {
    return matchingOrder(this.current.orders, subject);
  }

  begin(): BegunDecision {
    const { generation, orders } = this.current;
    const turn = this.turn;
    const endGeneration = this.inFlight.begin(generation, () => { if (this.settled() > this.acknowledged) this.wake(); });
    const endTurn = this.inTurn.begin(turn, () => this.release());
    return { generation, orders, fresh: this.fresh, end: () => { endGeneration(); endTurn(); }, stillCurrent: () => this.fresh && this.turn === turn };
  }

  /**
   * Holds an order that control tells by itself, from this instant and whether or not the database has it yet. Resolves once everything
   * that was being decided without it is over; rejects what control did not sign. Only a release in the database undoes it.
   */
  async hold(orderJws: string): Promise<void> {
    const order = this.reader.take(orderJws, this.current.generation);
    if (order === undefined) throw new Error('an order that control did not sign');
    if (order === null) return;
    const others = this.current.orders.list.filter((one) => heldKey(one) !== heldKey(order));
    if (!this.current.orders.list.some((one) => heldKey(one) === heldKey(order) && one.orderJws !== null)) {
      this.turn += 1;
      this.replace({ ...this.current, orders: standingOrders([...others, order]) }, []);
    }
    await this.settledNow();
  }

  onChange(listener: (change: SwitchChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Ends the view; nothing is fresh from here on. Tells the others that this gateway decides no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.listening?.stop();
    await this.running;
    const client = this.client;
    this.client = undefined;
    if (!client) return;
    // While something is still being decided the row stays open: it closes by its age, as after a crash.
    if (this.inFlight.total === 0) await inTransaction(client, (tx) => closeGateway(tx, this.ctx, this.gatewayId, 'shut down')).catch(() => {});
    await client.end().catch(() => {});
  }

  /** Resolves once every decision that began without what is held now has ended. */
  async settledNow(): Promise<void> {
    const { turn } = this;
    if (this.inTurn.settled(turn) < turn) await new Promise<void>((resolve) => { this.waiting.push({ turn, resolve }); });
  }

  private release(): void {
    const settled = this.inTurn.settled(this.turn);
    const over = this.waiting.filter((one) => one.turn <= settled);
    this.waiting = this.waiting.filter((one) => one.turn > settled);
    for (const { resolve } of over) resolve();
  }

  private settled(): number { return this.inFlight.settled(this.current.generation); }

  private wake(): void {
    if (this.stopped) return;
    if (this.running) { this.again = true; return; }
    this.running = this.run().finally(() => { this.running = undefined; });
  }

  private async run(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.cycle();
      } catch (error) {
        // The next try comes with the clock, not at once: whoever is away should not be hammered.
        this.again = false;
        this.noticed = true;
        this.dropConnection();
        this.options.onError?.(error);
      }
    } while (this.again && !this.stopped);
  }

  private async cycle(): Promise<void> {
    const asked = this.clock();
    const client = await this.connection();
    const { registered, generation } = await beat(client, this.gatewayId, this.settled(), this.settled() > this.acknowledged);
    if (!registered) {
      // Somebody believed us gone. What was read in that time proves nothing: enter again, then read.
      await inTransaction(client, (open) => openGateway(open, this.ctx, this.gatewayId));
      this.acknowledged = 0;
      this.noticed = true;
      this.again = true;
      return;
    }
    this.acknowledged = Math.max(this.acknowledged, this.settled());
    // A generation that went back means another database than the one we knew. Fail closed: the view ages.
    if (generation < this.current.generation) throw new Error(`the switches went back from generation ${this.current.generation} to ${generation}: was a backup restored? Restart the gateways once that is clear.`);
    if (this.noticed || generation !== this.current.generation || this.reader.unsettled || asked - this.fullReadAt > FULL_READ_MS) {
      this.noticed = false;
      await this.readAll(client, generation, asked);
    } else {
      this.current = { ...this.current, at: asked };
    }
    if (this.settled() > this.acknowledged) this.again = true;
  }

  private async readAll(tx: Sql, generation: number, asked: number): Promise<void> {
    const { held, lifted } = await this.reader.read(tx);
    this.fullReadAt = asked;
    if (generation !== this.current.generation) this.turn += 1;
    this.replace({ generation, orders: standingOrders(held), at: asked }, lifted);
    for (const [id, { resolve }] of this.unread) if (this.reader.hasRead(id)) { this.unread.delete(id); resolve(); }
  }

  private replace(next: { generation: number; orders: StandingOrders; at: number }, lifted: Lifted[]): void {
    const before = new Map(this.current.orders.list.map((order) => [heldKey(order), order]));
    this.current = next;
    const held = next.orders.list;
    const engaged = held.filter((order) => !before.has(heldKey(order)));
    const signed = held.filter((order) => order.orderJws !== null && !before.get(heldKey(order))?.orderJws);
    if (engaged.length + signed.length + lifted.length === 0) return;
    for (const listener of this.listeners) {
      try { listener({ generation: next.generation, orders: next.orders, engaged, signed, lifted }); } catch (error) { this.options.onError?.(error); }
    }
  }

  private async connection(): Promise<Dedicated> {
    if (this.client) return this.client;
    const client: Dedicated = await dedicatedConnection({ url: this.options.url, connectMs: 1_500, queryMs: 1_500, onLost: () => { if (this.client === client) this.client = undefined; } });
    return (this.client = client);
  }

  private dropConnection(): void {
    const held = this.client;
    this.client = undefined;
    void held?.end().catch(() => {});
  }
}

const heldKey = (order: StandingOrder) => `${order.id} ${order.kind} ${order.scope} ${order.target ?? ''} ${order.environment ?? ''}`;

async function inTransaction<T>(client: Dedicated, work: (tx: Sql) => Promise<T>): Promise<T> {
  await client.rows('BEGIN');
  try {
    const result = await work(client);
    await client.rows('COMMIT');
    return result;
  } catch (error) {
    await client.rows('ROLLBACK').catch(() => {});
    throw error;
  }
}
