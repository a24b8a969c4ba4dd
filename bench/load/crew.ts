import { newId } from '@/lib/protocol/ids';
import { WireSocket } from './wire-socket';

/** A server to load: bare ones take any token. */
export type Target = { url: string; agents: { clientId: string; clientSecret: string }[]; bare: boolean };
export type Member = { wire: WireSocket; sessionId: string };

const RENEW_MS = 5_000;
const REFRESH_MS = 200_000;

/** Agents' connections, each an instance with one open session, kept alive as the contract asks. */
export class Crew {
  readonly members: Member[] = [];
  readonly lost: string[] = [];
  private timers: NodeJS.Timeout[] = [];
  private closing = false;

  private constructor(private readonly target: Target) {}

  static async connect(target: Target, size: number): Promise<Crew> {
    const crew = new Crew(target);
    const tokens = await Promise.all(target.agents.map((agent) => crew.token(agent)));
    for (let from = 0; from < size; from += 20) {
      await Promise.all(Array.from({ length: Math.min(20, size - from) }, (_, i) => crew.join(tokens[(from + i) % tokens.length]!)));
    }
    if (!target.bare) crew.keepAlive();
    return crew;
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const timer of this.timers) clearInterval(timer);
    if (!this.target.bare) await Promise.all(this.members.map(({ wire, sessionId }) => wire.ask('session.close', { sessionId, outcome: 'completed' }).catch(() => {})));
    for (const { wire } of this.members) wire.close();
  }

  private async join(token: string): Promise<void> {
    const wire = await WireSocket.connect(this.target.url, '/agent', { protocol: 1, token, instance: { id: newId(), name: 'load' } }, (reason) => { if (!this.closing) this.lost.push(reason); });
    const answer = await wire.ask('session.open', { purpose: 'load' });
    if (answer.ok !== true) throw new Error(`session.open: ${JSON.stringify(answer)}`);
    this.members.push({ wire, sessionId: (answer.session as { id: string }).id });
  }

  /** Spread over the whole period: all at once would be a burst of our own making. */
  private keepAlive(): void {
    this.members.forEach(({ wire }, i) => {
      this.timers.push(setTimeout(() => { this.timers.push(setInterval(() => void wire.ask('lease.renew', {}).catch(() => {}), RENEW_MS)); }, (i / this.members.length) * RENEW_MS));
    });
    this.timers.push(setInterval(() => void this.refresh(), REFRESH_MS));
  }

  private async refresh(): Promise<void> {
    const tokens = await Promise.all(this.target.agents.map((agent) => this.token(agent)));
    for (const [i, { wire }] of this.members.entries()) await wire.ask('auth.refresh', { token: tokens[i % tokens.length] }).catch(() => {});
  }

  private async token(agent: { clientId: string; clientSecret: string }): Promise<string> {
    if (this.target.bare) return 'any';
    const answer = await fetch(`${this.target.url}/api/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: agent.clientId, client_secret: agent.clientSecret }) });
    const body = (await answer.json()) as { access_token?: string };
    if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
    return body.access_token;
  }
}
