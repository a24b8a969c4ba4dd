import type { Socket } from 'socket.io-client';
import { medianOffset, type Sample } from './clock-offset';

/**
 * live: the socket answers. polling: it does not, plain HTTPS does. lost: neither does, so nothing on the page may look alive.
 */
export type LivePhase = 'connecting' | 'live' | 'polling' | 'lost';
export type LiveState = { phase: LivePhase; heardAt: number | null };

const pingEveryMs = 4_000;
const probeEveryMs = 2_000;
/** So many probes in a row must fail before the page says that it reaches nothing. */
const lostAfterProbes = 3;
/** The socket may be open and silent, as behind a frozen laptop or proxy. */
const silentAfterMs = 10_000;

/** The browser's only socket. It carries hints, never content: whoever hears one reads again. */
export class LiveClient {
  private socket: Socket | null = null;
  private samples: Sample[] = [];
  private sentAt: number | null = null;
  private timers: ReturnType<typeof setInterval>[] = [];
  private failedProbes = 0;
  private started = false;
  private state: LiveState = { phase: 'connecting', heardAt: null };
  private readonly watchers = new Set<() => void>();
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
    this.socket?.disconnect();
    this.socket = null;
  }

  /** Tries everything at once, as after a press of Try again. */
  retry = () => {
    this.socket?.disconnect().connect();
    void this.probe();
  };

  private async connect() {
    const { io } = await import('socket.io-client');
    if (!this.started || this.socket) return;
    const socket = io('/console', {
      path: '/live/',
      transports: ['websocket'],
      reconnectionDelayMax: 4_000,
      auth: (give) => void fetchTicket().then((ticket) => give({ ticket }), () => give({})),
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.sentAt = null;
      this.ping();
      // What happened while nobody listened is unknown: everything is read again.
      this.tell(['*']);
    });
    socket.on('pong', this.pong);
    socket.on('hint', (hint: { topics?: unknown }) => {
      this.heard();
      if (Array.isArray(hint?.topics)) this.tell(hint.topics.filter((topic) => typeof topic === 'string'));
    });
    // A ticket is single-use: a refused connection is tried again with a new one.
    socket.on('connect_error', () => {
      if (!socket.active && this.started) setTimeout(() => socket.connect(), probeEveryMs);
      void this.probe();
    });
    socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect' && this.started) setTimeout(() => socket.connect(), probeEveryMs);
      void this.probe();
    });
  }

  private ping = () => {
    if (!this.socket?.connected) return;
    this.sentAt = Date.now();
    this.socket.emit('ping', { clientNow: this.sentAt });
  };

  private pong = (answer: { serverNow?: unknown }) => {
    const heardAt = Date.now();
    if (this.sentAt !== null && typeof answer?.serverNow === 'number') {
      this.samples = [...this.samples.slice(-4), { sentAt: this.sentAt, heardAt, serverNow: answer.serverNow }];
      this.offset = medianOffset(this.samples) ?? this.offset;
    }
    this.sentAt = null;
    this.heard();
  };

  private heard() {
    this.failedProbes = 0;
    this.set({ phase: 'live', heardAt: this.serverNow() });
  }

  /** While the socket is silent, asks over plain HTTPS whether a press of STOP would arrive. */
  private probe = async () => {
    const silent = this.state.heardAt === null || this.serverNow() - this.state.heardAt > silentAfterMs;
    if (this.socket?.connected && !silent) return;
    const answered = await fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(probeEveryMs) }).then((answer) => answer.ok, () => false);
    if (!this.started || (this.socket?.connected && this.state.phase === 'live' && !silent)) return;
    if (answered) {
      this.failedProbes = 0;
      this.set({ phase: 'polling', heardAt: this.serverNow() });
      this.tell(['*']);
      return;
    }
    this.failedProbes += 1;
    if (this.failedProbes >= lostAfterProbes) this.set({ phase: 'lost', heardAt: this.state.heardAt });
  };

  private tell(topics: readonly string[]) {
    this.hearers.forEach((hearer) => hearer(topics));
  }

  private set(state: LiveState) {
    this.state = state;
    this.watchers.forEach((watcher) => watcher());
  }
}

async function fetchTicket(): Promise<string> {
  const answer = await fetch('/api/live-ticket', { method: 'POST', cache: 'no-store' });
  if (!answer.ok) throw new Error(`The live ticket was refused with ${answer.status}`);
  const body: unknown = await answer.json();
  if (typeof body === 'object' && body && 'ticket' in body && typeof body.ticket === 'string') return body.ticket;
  throw new Error('The live ticket was not in the answer');
}
