import { requestBody } from './actions';
import type { Crew } from './crew';
import { metronome, monotonicMs } from './metronome';
import { seededRandom } from './random';

/** Milliseconds from when a request was due (open loop) or sent (closed loop) until its answer, sorted; and what the answers were. */
export type Pressed = { latencies: Float64Array; answered: number; /** Warm-up included. */ all: number; allowed: number; refused: Record<string, number>; seconds: number; latenessP99Ms: number };

let counter = 0;

/**
 * Open loop: requests arrive by chance at a rate (a Poisson process), whatever the answers take, and each latency counts from the moment the
 * request was due. So a server that stalls is charged for everybody who waited (no coordinated omission).
 */
export async function pressOpen(crew: Crew, rate: number, seconds: number, warmupSeconds: number): Promise<Pressed> {
  const tally = new Tally();
  const random = seededRandom(rate);
  const from = monotonicMs() + 50;
  const dues: number[] = [];
  for (let at = 0; at < (seconds + warmupSeconds) * 1000; at += (-Math.log(1 - random()) * 1000) / rate) dues.push(from + at);
  const moments = Float64Array.from(dues);
  let sent = 0;
  await metronome(moments, (last) => {
    for (; sent <= last; sent++) {
      const due = moments[sent]!;
      const counts = due >= from + warmupSeconds * 1000;
      if (counts) tally.lateness.push(monotonicMs() - due);
      const member = crew.members[Math.floor(random() * crew.members.length)]!;
      tally.sent += 1;
      member.wire.emit('action.request', requestBody(member.sessionId, ++counter), (text) => tally.take(text, due, counts));
    }
  });
  await tally.settled();
  return tally.result(seconds);
}

/** Closed loop: each connection keeps `depth` requests under way, for a time or until so many were answered. */
export async function pressClosed(crew: Crew, depth: number, until: { seconds: number } | { count: number }, warmupSeconds: number): Promise<Pressed> {
  const tally = new Tally();
  const from = monotonicMs() + warmupSeconds * 1000;
  let started = 0;
  const goesOn = () => ('seconds' in until ? monotonicMs() < from + until.seconds * 1000 : started < until.count);
  let last = from;
  const next = (i: number): void => {
    const member = crew.members[i]!;
    started += 1;
    tally.sent += 1;
    const at = monotonicMs();
    member.wire.emit('action.request', requestBody(member.sessionId, ++counter), (text) => {
      const now = monotonicMs();
      const counts = now >= from && ('count' in until || now < from + until.seconds * 1000);
      if (counts) last = now;
      tally.take(text, at, counts);
      if (goesOn()) next(i);
    });
  };
  for (let i = 0; i < crew.members.length; i++) for (let j = 0; j < depth; j++) if (goesOn()) next(i);
  await tally.ended(goesOn);
  return tally.result((last - from) / 1000);
}

class Tally {
  sent = 0;
  readonly lateness: number[] = [];
  private done = 0;
  private readonly latencies: number[] = [];
  private allowed = 0;
  private readonly refused: Record<string, number> = {};

  take(text: string, since: number, counts: boolean): void {
    this.done += 1;
    if (!counts) return;
    this.latencies.push(monotonicMs() - since);
    if (text.includes('"decision":"allow"')) { this.allowed += 1; return; }
    const code = /"code":"([\w.]+)"/.exec(text)?.[1] ?? 'echoed';
    if (!this.refused[code] && code !== 'echoed') process.stderr.write(`${text.slice(0, 400)}\n`);
    this.refused[code] = (this.refused[code] ?? 0) + 1;
  }

  async settled(): Promise<void> {
    const deadline = monotonicMs() + 30_000;
    while (this.done < this.sent && monotonicMs() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    if (this.done < this.sent) this.refused.unanswered = this.sent - this.done;
  }

  async ended(goesOn: () => boolean): Promise<void> {
    let before = -1;
    while (goesOn()) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      // A crew whose connections are gone would never finish.
      if (this.done === before) break;
      before = this.done;
    }
    await this.settled();
  }

  result(seconds: number): Pressed {
    this.lateness.sort((a, b) => a - b);
    return {
      latencies: Float64Array.from(this.latencies).sort(), answered: this.latencies.length, all: this.done, allowed: this.allowed, refused: this.refused, seconds,
      latenessP99Ms: this.lateness[Math.floor(this.lateness.length * 0.99)] ?? 0,
    };
  }
}
