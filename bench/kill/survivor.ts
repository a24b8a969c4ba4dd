import { newId } from '@/lib/protocol/ids';
import { WireSocket } from '../load/wire-socket';
import type { Journal } from './journal';

type Answer = Record<string, unknown> & { ok?: boolean; error?: { code: string; message: string } };
type Decision = { actionId: string; requestId: string; digest: string; decision: 'allow' | 'deny' | 'ask'; code: string; permit?: string; approval?: { id: string } };
export type Counts = { asked: number; skipped: number; lost: number; retried: number; decisions: Record<string, number>; errors: Record<string, number>; unknownStarts: number; /** The last reason why a connection did not come about. */ connecting?: string };
export type Place = { url: string; clientId: string; clientSecret: string };

const RENEW_MS = 3_000;
const MOST_ASKS = 15;
/** Longer each time, and never all at once: whoever asks without a pause keeps a server from coming back. */
const backOff = (attempt: number) => Math.min(3_000, 150 * 2 ** attempt) * (0.5 + Math.random());
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again in a moment; nothing was decided. */
const passing = new Set(['unavailable', 'rate_limited', 'lease_lapsed', 'internal']);

/**
 * An agent that lives through anything: it connects again, opens its session again by its id, and sends whatever had no answer once more under
 * the same requestId. It runs a tool only after `action.started` (or the redeeming of a permit) was acknowledged to it, as the contract demands.
 */
export class Survivor {
  readonly sessionId = newId();
  private readonly instanceId = newId();
  private wire: WireSocket | undefined;
  private opened: Promise<WireSocket> | undefined;
  private closing = false;
  private asks = 0;
  underWay = 0;
  lastAllowAt = 0;

  constructor(private readonly place: Place, private readonly journal: Journal, private readonly counts: Counts) {}

  get connected(): boolean { return this.wire !== undefined; }

  /** One whole action: asked, started, run, reported. */
  async act(n: number): Promise<void> {
    this.underWay += 1;
    this.counts.asked += 1;
    try {
      const requestId = `r-${n}`;
      const outside = n % 40 === 7 && this.asks < MOST_ASKS;
      if (outside) this.asks += 1;
      const call = outside ? { tool: 'send_email', args: { to: `someone-${n}@elsewhere.example`, subject: 'Hello', body: 'A text' } } : { tool: 'update_ticket', args: { ticketId: `T-${n % 1000}`, comment: `comment ${n} ${'x'.repeat(400)}` } };
      const asked = await this.persist('action.request', { sessionId: this.sessionId, requestId, ...call });
      if (!asked) return;
      const decision = asked.decision as Decision;
      const about = { sessionId: this.sessionId, requestId, actionId: decision.actionId };
      await this.journal.write({ kind: 'decided', ...about, decision: decision.decision, code: decision.code, digest: decision.digest, ...(decision.approval ? { approvalId: decision.approval.id } : {}) });
      this.counts.decisions[decision.code] = (this.counts.decisions[decision.code] ?? 0) + 1;
      if (decision.decision !== 'allow' || !decision.permit) return;
      this.lastAllowAt = Date.now();
      if (!(n % 10 === 3 ? await this.redeem(about, decision.permit, call) : await this.start(about, call))) return;
      // The tool's effect: on the disk before anything else happens, so that a second one would be seen.
      await this.journal.write({ kind: 'effect', ...about });
      if (await this.persist('action.result', { actionId: decision.actionId, status: 'ok', output: `done ${n}` })) await this.journal.write({ kind: 'finished', ...about });
    } finally {
      this.underWay -= 1;
    }
  }

  /** Connects, and again whenever the connection is gone, until `close`: one with nothing under way would have no other cause to. */
  keep(): void { if (!this.closing) void this.open().catch(() => {}); }

  close(): void {
    this.closing = true;
    this.wire?.close();
  }

  /** Whether the tool may run now. A refusal is looked into: an answer with a permit says that nothing has started, only that the permit was too old. */
  private async start(about: { sessionId: string; requestId: string; actionId: string }, call: object): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await this.persist('action.started', { actionId: about.actionId })) {
        await this.journal.write({ kind: 'started', ...about });
        return true;
      }
      const again = await this.persist('action.request', { sessionId: about.sessionId, requestId: about.requestId, ...call });
      const decision = again?.decision as Decision | undefined;
      if (decision?.actionId !== about.actionId || !decision.permit) break;
    }
    // The answer to the first start may have been lost: whether the tool may run is unknown, so it does not.
    this.counts.unknownStarts += 1;
    return false;
  }

  /** As a tool server does it: whoever gets 200 runs the call, whoever does not, doesn't. */
  private async redeem(about: { sessionId: string; requestId: string; actionId: string }, permit: string, call: { tool: string; args: object }): Promise<boolean> {
    for (let attempt = 0; attempt < 40 && !this.closing; attempt++) {
      const answer = await fetch(`${this.place.url}/api/v1/permits/redeem`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ permit, ...call }), signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
      if (answer?.status === 200) { await this.journal.write({ kind: 'redeemed', ...about }); return true; }
      if (answer && answer.status !== 503 && answer.status !== 500) { this.counts.unknownStarts += 1; return false; }
      await wait(250);
    }
    return false;
  }

  /** Sends until there is an answer that decides something; undefined when the answer is a refusal. */
  private async persist(event: string, body: object): Promise<Answer | undefined> {
    for (let attempt = 0; !this.closing; attempt++) {
      if (attempt > 0) this.counts.retried += 1;
      let answer: Answer;
      try {
        const wire = await this.open();
        answer = await withDeadline(wire.ask(event, body), 20_000);
      } catch {
        this.counts.lost += 1;
        await wait(backOff(attempt));
        continue;
      }
      if (answer.ok) return answer;
      const code = answer.error?.code ?? 'none';
      const what = `${event} ${code}: ${answer.error?.message.slice(0, 60)}`;
      this.counts.errors[what] = (this.counts.errors[what] ?? 0) + 1;
      if (!passing.has(code)) return undefined;
      if (code === 'lease_lapsed') this.drop();
      await wait(backOff(attempt));
    }
    return undefined;
  }

  private open(): Promise<WireSocket> {
    if (this.wire) return Promise.resolve(this.wire);
    return (this.opened ??= this.connect().finally(() => { this.opened = undefined; }));
  }

  private async connect(): Promise<WireSocket> {
    for (;;) {
      if (this.closing) throw new Error('closing');
      try {
        const token = await accessToken(this.place);
        const wire = await withDeadline(WireSocket.connect(this.place.url, '/agent', { protocol: 1, token, instance: { id: this.instanceId, name: 'survivor' } }, () => this.lost()), 10_000);
        const opened = await withDeadline(wire.ask('session.open', { sessionId: this.sessionId, purpose: 'survive' }), 10_000) as Answer;
        if (!opened.ok) { wire.close(); throw new Error(opened.error?.message); }
        const renewing = setInterval(() => { if (this.wire !== wire) clearInterval(renewing); else void wire.ask('lease.renew', {}).catch(() => {}); }, RENEW_MS);
        if (wire.closed) throw new Error(wire.closed);
        return (this.wire = wire);
      } catch (error) {
        this.counts.connecting = `${error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error)}`;
        await wait(100 + Math.random() * 300);
      }
    }
  }

  private lost(): void {
    if (!this.wire?.closed) return;
    this.wire = undefined;
    this.keep();
  }

  private drop(): void {
    this.wire?.close();
    this.wire = undefined;
    this.keep();
  }
}

let held: { token: string; until: number } | undefined;
let fetching: Promise<string> | undefined;

/** One token for all agents' instances, fetched again well before its end. */
async function accessToken({ url, clientId, clientSecret }: Place): Promise<string> {
  if (held && held.until > Date.now()) return held.token;
  return (fetching ??= (async () => {
    const answer = await fetch(`${url}/api/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }), signal: AbortSignal.timeout(5_000) });
    const body = (await answer.json()) as { access_token?: string };
    if (!body.access_token) throw new Error('no token');
    held = { token: body.access_token, until: Date.now() + 200_000 };
    return held.token;
  })().finally(() => { fetching = undefined; }));
}

function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), ms);
    work.then((value) => { clearTimeout(timer); resolve(value); }, (error: unknown) => { clearTimeout(timer); reject(error as Error); });
  });
}
