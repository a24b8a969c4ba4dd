import http from 'node:http';
import { actionOf } from '../load/actions';
import type { Fleet, Member } from './fleet';

/** What became of the actions that were asked for, by decision or error code. */
export type Tally = { asked: number; skipped: number; outcomes: Record<string, number>; toolRuns: number; toolRefusals: number };

const TICK_MS = 10;
/** An agent with this many questions unanswered waits, as an agent would. */
const MOST_UNANSWERED = 32;
/** Of so many actions one is carried to the tool server. */
const TO_THE_TOOL = 5;
/** Of so many actions one is the first member's, so that a stop of a single session meets one that acts. */
const TO_THE_FIRST = 5;

/** Actions at a rate, whatever becomes of them: a session that was stopped goes on asking, and a permit in hand is tried at the tool server. */
export class Traffic {
  private tally: Tally = fresh();
  private readonly timer: NodeJS.Timeout;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  private n = 0;

  constructor(private readonly fleet: Fleet, rate: number, private readonly toolUrl: string) {
    let due = 0, before = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      due = Math.min(rate, due + ((now - before) * rate) / 1000);
      before = now;
      for (; due >= 1; due--) this.next();
    }, TICK_MS);
  }

  take(): Tally {
    const taken = this.tally;
    this.tally = fresh();
    return taken;
  }

  stop(): void {
    clearInterval(this.timer);
    this.agent.destroy();
  }

  private next(): void {
    const n = ++this.n;
    const { members } = this.fleet;
    const member = n % TO_THE_FIRST === 0 ? members[0]! : members[n % members.length]!;
    if (!member.sessionId || member.wire.closed || member.wire.unanswered > MOST_UNANSWERED) { this.tally.skipped += 1; return; }
    this.tally.asked += 1;
    // Not only every second kind of action: odd and even numbers are different tools.
    void this.act(member, n, Math.floor(n / 2) % TO_THE_TOOL === 0).catch(() => this.count('lost'));
  }

  private async act(member: Member, n: number, toTool: boolean): Promise<void> {
    const call = actionOf(n);
    const answer = await member.wire.ask('action.request', { sessionId: member.sessionId, requestId: `r-${n}`, ...call });
    const decision = answer.decision as { decision: string; code: string; permit?: string } | undefined;
    this.count(decision ? (decision.decision === 'allow' ? 'allow' : decision.code) : String((answer.error as { code?: string } | undefined)?.code));
    if (!toTool || decision?.decision !== 'allow' || !decision.permit) return;
    if (await this.runTool(JSON.stringify({ permit: decision.permit, ...call }))) this.tally.toolRuns += 1;
    else this.tally.toolRefusals += 1;
  }

  private runTool(body: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const sent = http.request(this.toolUrl, { method: 'POST', agent: this.agent, headers: { 'content-length': Buffer.byteLength(body) } }, (answer) => { answer.resume(); answer.on('end', () => resolve(answer.statusCode === 200)); });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  private count(what: string): void { this.tally.outcomes[what] = (this.tally.outcomes[what] ?? 0) + 1; }
}

const fresh = (): Tally => ({ asked: 0, skipped: 0, outcomes: {}, toolRuns: 0, toolRefusals: 0 });
