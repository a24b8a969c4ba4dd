import { RecentHints } from './recent-hints';
import { medianOffset, type Sample } from './clock-offset';
import { openLiveSocket, type LiveSocket } from './live-socket';

/**
 * live: the socket answers. polling: it does not, plain HTTPS does. lost: neither does, so nothing on the page may look alive.
 */
export type LivePhase = 'connecting' | 'live' | 'polling' | 'lost';
export type LiveState = { phase: LivePhase; heardAt: number | null };

/** The names of those who look at a card besides this person. */
type Others = { approvalId: string | null; names: readonly string[] };
const nobody: Others = { approvalId: null, names: [] };

const pingEveryMs = 4_000;
const probeEveryMs = 2_000;
const longestPauseMs = 8_000;
/** So many probes in a row must fail before the page says that it reaches nothing. */
const lostAfterProbes = 3;
/** The socket may be open and silent, as behind a frozen laptop or proxy. */
const silentAfterMs = 10_000;

/** The browser's only socket. It carries hints, never content: whoever hears one reads again. */
export class LiveClient {
  private socket: LiveSocket | null = null;
  private joined = false;
  private attempts = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private samples: Sample[] = [];
  private sentAt: number | null = null;
  private timers: ReturnType<typeof setInterval>[] = [];
  private failedProbes = 0;
  private started = false;
  private state: LiveState = { phase: 'connecting', heardAt: null };
  private readonly watchers = new Set<() => void>();
  private readonly recent = new RecentHints();
  private looking: string | null = null;
  private others: Others = nobody;
  private readonly hearers = new Set<(topics: readonly string[]) => void>();
  private offset: number;

  /** `renderedAt`: the server's clock when it drew the page, the first estimate until the first pong. */
  constructor(renderedAt: number) {
    this.offset = renderedAt - Date.now();
  }

  getState = (): LiveState => this.state;
  serverNow = (): number => Date.now() + this.offset;

  watch = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  /** Whether one of these was hinted at a moment ago, while the page that asks was still on its way here. */
  missed = (wanted: readonly string[]): boolean => this.recent.missed(wanted, Date.now());

  /** Who else looks at the same card, as long as somebody asks for it. */
  getOthers = (): Others => this.others;

  /** Says which card is being read, until it is said otherwise; null where none is, or nobody looks at the page. */
  look = (approvalId: string | null): void => {
    if (this.looking === approvalId) return;
    this.looking = approvalId;
    this.sayLook();
  };

  private sayLook(): void {
    if (!this.joined) return;
    this.socket?.send('look', { approvalId: this.looking });
  }

  hear = (hearer: (topics: readonly string[]) => void) => {
    this.hearers.add(hearer);
    return () => void this.hearers.delete(hearer);
  };

  start() {
    if (this.started) return;
    this.started = true;
    this.timers = [setInterval(this.ping, pingEveryMs), setInterval(this.probe, probeEveryMs)];
    void this.connect();
  }

  stop() {
    this.started = false;
    this.timers.forEach(clearInterval);
    clearTimeout(this.again);
    this.socket?.close();
    this.socket = null;
    this.joined = false;
  }

  /** Tries everything at once, as after a press of Try again. */
  retry = () => {
    this.attempts = 0;
    this.socket?.close();
    void this.connect();
    void this.probe();
  };

  /** Every connection takes a new ticket: one is good for sixty seconds and once. */
  private async connect() {
    clearTimeout(this.again);
    this.joined = false;
    const ticket = await fetchTicket().catch(() => null);
    if (!this.started) return;
    if (ticket === null) return this.connectAgain();
    this.socket?.close();
    this.socket = openLiveSocket(ticket, {
      joined: () => {
        this.joined = true;
        this.attempts = 0;
        this.sentAt = null;
        this.ping();
        if (this.looking !== null) this.sayLook();
        // What happened while nobody listened is unknown: everything is read again.
        this.tell(['*']);
      },
      event: (name, body) => this.event(name, (body ?? {}) as { topics?: unknown; serverNow?: unknown }),
      over: () => this.connectAgain(),
    });
  }

  private connectAgain() {
    this.joined = false;
    if (!this.started) return;
    void this.probe();
    clearTimeout(this.again);
    this.again = setTimeout(() => void this.connect(), Math.min(longestPauseMs, 500 * 2 ** this.attempts++) * (0.75 + Math.random() / 2));
  }

  private event(name: string, body: { topics?: unknown; serverNow?: unknown }) {
    if (name === 'pong') this.pong(body);
    if (name === 'presence') this.present(body as { approvalId?: unknown; names?: unknown });
    if (name !== 'hint') return;
    this.heard();
    if (Array.isArray(body.topics)) this.tell(body.topics.filter((topic) => typeof topic === 'string'));
  }

  private present({ approvalId, names }: { approvalId?: unknown; names?: unknown }) {
    if (typeof approvalId !== 'string' || !Array.isArray(names)) return;
    this.others = { approvalId, names: names.filter((name) => typeof name === 'string') };
    this.watchers.forEach((watcher) => watcher());
  }

  private ping = () => {
    if (!this.joined) return;
    this.sentAt = Date.now();
    this.socket?.send('ping', { clientNow: this.sentAt });
    if (this.looking !== null) this.sayLook();
  };

  private pong(answer: { serverNow?: unknown }) {
    const heardAt = Date.now();
    if (this.sentAt !== null && typeof answer.serverNow === 'number') {
      this.samples = [...this.samples.slice(-4), { sentAt: this.sentAt, heardAt, serverNow: answer.serverNow }];
      this.offset = medianOffset(this.samples) ?? this.offset;
    }
    this.sentAt = null;
    this.heard();
  }

  private heard() {
    this.failedProbes = 0;
    this.set({ phase: 'live', heardAt: this.serverNow() });
  }

  /** While the socket is silent, asks over plain HTTPS whether a press of STOP would arrive. The icon comes from the console itself, not from what stands before it. */
  private probe = async () => {
    if (this.joined && !this.silent()) return;
    const answered = await fetch('/icon.svg', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(probeEveryMs) }).then((answer) => answer.ok, () => false);
    if (!this.started || (this.joined && !this.silent())) return;
    if (answered) {
      this.failedProbes = 0;
      this.set({ phase: 'polling', heardAt: this.serverNow() });
      this.tell(['*']);
      return;
    }
    this.failedProbes += 1;
    if (this.failedProbes >= lostAfterProbes) this.set({ phase: 'lost', heardAt: this.state.heardAt });
  };

  private silent = () => this.state.heardAt === null || this.serverNow() - this.state.heardAt > silentAfterMs;

  private tell(topics: readonly string[]) {
    this.recent.add(topics, Date.now());
    this.hearers.forEach((hearer) => hearer(topics));
  }

  private set(state: LiveState) {
    this.state = state;
    this.watchers.forEach((watcher) => watcher());
  }
}

async function fetchTicket(): Promise<string> {
  const answer = await fetch('/api/live-ticket', { method: 'POST', cache: 'no-store', signal: AbortSignal.timeout(silentAfterMs) });
  if (!answer.ok) throw new Error(`The live ticket was refused with ${answer.status}`);
  const body: unknown = await answer.json();
  if (typeof body === 'object' && body && 'ticket' in body && typeof body.ticket === 'string') return body.ticket;
  throw new Error('The live ticket was not in the answer');
}
