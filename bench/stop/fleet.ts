import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { newId } from '@/lib/protocol/ids';
import { haltAckBytes } from '@/lib/protocol/halt-ack';
import { readControlPin } from '@/lib/sdk/control-pin';
import { covers, readOrder, type ReadOrder } from '@/lib/sdk/read-order';
import { monotonicMs } from '../load/metronome';
import { WireSocket } from '../load/wire-socket';

export type Place = { gateways: string[]; clientId: string; clientSecret: string; /** The agent's own key, as PEM. */ key: string; pin: string };
/** `sessionId` stays when the session has ended: an agent that goes on asking is what a fence is for. */
export type Member = { wire: WireSocket; url: string; instanceId: string; sessionId: string; live: boolean };

const RENEW_MS = 5_000;
/** Well within a token's 300 s, however long it takes until all are connected. */
const REFRESH_MS = 100_000;
/** How long after a refusal a token is asked for again (milliseconds), and how often: as long as one lives. */
const AGAIN_MS = 2_000;
const MOST_REFUSALS = 100;
const AT_ONCE = 16;

/**
 * Agents of one process, lighter than the SDK's client so that thousands fit: each has a connection, an instance and a session of its own
 * and speaks the same wire. A halt is read, checked against the pin and covered by the SDK's own code; an order's text is checked once a
 * process instead of once an agent, the acknowledgement is signed by each.
 */
export class Fleet {
  readonly members: Member[] = [];
  readonly lost: string[] = [];
  /** When each halt was heard, on the machine's monotonic clock. */
  heard: number[] = [];
  private readonly key: KeyObject;
  private readonly read = new Map<string, ReadOrder>();
  private readonly timers: NodeJS.Timeout[] = [];
  private closing = false;
  private refreshing = false;
  private held: { at: number; token: Promise<string> } | undefined;

  private constructor(private readonly place: Place) {
    this.key = createPrivateKey(place.key);
  }

  static async connect(place: Place, size: number, offset: number): Promise<Fleet> {
    const fleet = new Fleet(place);
    fleet.timers.push(setInterval(() => void fleet.refresh().catch((error: unknown) => fleet.lost.push(String(error))), REFRESH_MS));
    await inTurns(Array.from({ length: size }, (_, i) => i), async (i) => {
      const url = place.gateways[(offset + i) % place.gateways.length]!;
      const member: Omit<Member, 'wire'> & { wire?: WireSocket } = { url, instanceId: newId(), sessionId: '', live: false };
      member.wire = await WireSocket.connect(url, '/agent', { protocol: 1, token: await fleet.token(), instance: { id: member.instanceId, name: 'bench' } }, (reason) => { if (!fleet.closing) fleet.lost.push(reason); }, (text) => fleet.hear(member, text));
      fleet.members.push(member as Member);
      fleet.keepAlive(member as Member, (i / size) * RENEW_MS);
    });
    return fleet;
  }

  /** Gives everybody without a live session a new one. */
  async open(): Promise<void> {
    await inTurns(this.members.filter((member) => !member.live), async (member) => {
      const session = await this.session(member);
      member.sessionId = session.id;
      member.live = true;
    });
  }

  /** Asked again where the gateway says that it cannot at the moment, as the contract has it. */
  private async session({ wire }: Member): Promise<{ id: string }> {
    for (let attempt = 0; ; attempt++) {
      const answer = await wire.ask('session.open', { purpose: 'bench' });
      const session = answer.session as { id: string; state: string } | undefined;
      if (session?.state === 'open') return session;
      const error = answer.error as { code?: string; retryAfterMs?: number } | undefined;
      // As the contract says for a lease that lapsed, because the machine was too busy to renew it: renew it, and ask again.
      if (error?.code === 'lease_lapsed') await wire.ask('lease.renew', {});
      else if (error?.code !== 'unavailable') throw new Error(`session.open: ${JSON.stringify(answer).slice(0, 300)}`);
      if (attempt > 50) throw new Error(`session.open: ${JSON.stringify(answer).slice(0, 300)}`);
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? 500));
    }
  }

  /** When halts were heard since the last time. */
  takeHeard(): Float64Array {
    const heard = Float64Array.from(this.heard);
    this.heard = [];
    this.read.clear();
    return heard;
  }

  close(): void {
    this.closing = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const { wire } of this.members) wire.close();
  }

  private hear(member: Omit<Member, 'wire'>, text: string): string | undefined {
    // Why a gateway is about to close a connection; that it did comes after.
    if (text.startsWith('["closing",')) this.lost.push(text.slice(0, 300));
    if (!text.startsWith('["halt",')) return undefined;
    const at = monotonicMs();
    const { orderJws } = (JSON.parse(text) as [string, { orderJws: string }])[1];
    let read = this.read.get(orderJws);
    if (!read) this.read.set(orderJws, (read = readOrder('halt', orderJws, { pin: readControlPin(this.place.pin), now: new Date(), lastEpoch: 0 })));
    const mine = read.obey && member.live && covers(read.order, { id: member.sessionId, instanceId: member.instanceId, agentId: this.place.clientId });
    if (!mine || !read.obey) return JSON.stringify({ stopped: [], at: new Date().toISOString() });
    member.live = false;
    this.heard.push(at);
    return signedAcknowledgement(this.key, read.order?.id ?? '', member.sessionId);
  }

  /** As the contract asks and the SDK does it: a third of a lease after the last, each at its own moment. */
  private keepAlive({ wire }: Member, after: number): void {
    this.timers.push(setTimeout(() => { this.timers.push(setInterval(() => void wire.ask('lease.renew', {}).catch(() => {}), RENEW_MS)); }, after));
  }

  /** As the SDK does it: what is refused, since a stop has revoked the token meanwhile, is asked again with a new one. */
  private async refresh(): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    try {
      let waiting: readonly Member[] = this.members;
      for (let attempt = 0; waiting.length > 0 && attempt < MOST_REFUSALS; attempt++) {
        if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        const token = await this.token(0);
        const refused: Member[] = [];
        // Each agent would ask by itself: one after the other, thousands would take longer than a token lives.
        await inTurns(waiting, async (member) => { if ((await member.wire.ask('auth.refresh', { token }).catch(() => undefined))?.ok !== true) refused.push(member); });
        waiting = refused;
      }
    } finally {
      this.refreshing = false;
    }
  }

  /** The token in hand while it is young, or a new one; a stop revokes what was made before it. */
  private token(oldestMs = REFRESH_MS / 2): Promise<string> {
    if (!this.held || performance.now() - this.held.at >= oldestMs) this.held = { at: performance.now(), token: this.newToken() };
    return this.held.token;
  }

  private async newToken(): Promise<string> {
    const answer = await fetch(`${this.place.gateways[0]}/api/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: this.place.clientId, client_secret: this.place.clientSecret }) });
    const body = (await answer.json()) as { access_token?: string };
    if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
    return body.access_token;
  }
}

/** What an agent answers to a halt: its session, the time, and its signature over the order's id and both. */
export function signedAcknowledgement(key: KeyObject, orderId: string, sessionId: string): string {
  const acknowledgement = { stopped: [sessionId], at: new Date().toISOString() };
  return JSON.stringify({ ...acknowledgement, signature: sign(null, haltAckBytes(orderId, acknowledgement), key).toString('base64url') });
}

/** Some at a time, so that a thousand connections are not a burst of our own making. */
export async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { while (next < items.length) await work(items[next++]!); }));
}
