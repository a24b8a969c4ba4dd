import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@/lib/protocol';
import { Denied, guard, LeaseLapsed, SessionNotOpen, SessionPaused, Unavailable, type Args, type SessionHandle } from '@/lib/sdk';
import type { Random } from './random';
import type { DemoTools } from './tools';

/** How a call ended: it ran, somebody or some rule said no, or its tool failed. */
export type Outcome =
  | { kind: 'ran'; output: unknown }
  | { kind: 'refused'; by: 'rule' | 'person' | 'time' | 'withdrawal'; reason: string }
  | { kind: 'failed'; message: string };

export type SceneOptions = { session: SessionHandle; tools: DemoTools; random: Random; tempo: Random; domain: string; pace: number; signal: AbortSignal };

/** One session of one agent: it acts through the SDK's guard and takes a no for a no. A stop ends it by throwing. */
export class Scene {
  readonly session: SessionHandle;
  readonly random: Random;
  readonly tools: DemoTools;
  readonly domain: string;
  readonly #signal: AbortSignal;

  constructor(private readonly options: SceneOptions) {
    this.session = options.session;
    this.random = options.random;
    this.tools = options.tools;
    this.domain = options.domain;
    this.#signal = AbortSignal.any([options.signal, options.session.signal]);
  }

  /** Asks, waits while a person decides, runs. A gateway that is away and a pause are waited for; only an answer is an answer. */
  async act(tool: string, args: Args, rationale?: string): Promise<Outcome> {
    let requestId = newId();
    for (;;) {
      let began = false;
      try {
        const run = guard(this.session, tool, (allowed, details) => { began = true; return this.tools.run(tool, allowed, details); }, { signal: this.options.signal });
        return { kind: 'ran', output: await run(args, { requestId, ...(rationale === undefined ? {} : { rationale }) }) };
      } catch (error) {
        this.#signal.throwIfAborted();
        if (error instanceof Denied && error.decisionCode !== 'session.not_open') return { kind: 'refused', by: byWhom(error), reason: error.reason };
        // What was denied only because the session was not open then may be asked anew; under its old id the no would stand.
        if (error instanceof Denied) requestId = newId();
        else if (began || !passes(error)) return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
        await this.#untilItMayPass(error);
      }
    }
  }

  /** As long as an agent takes to think, give or take. */
  async think(fromSeconds: number, toSeconds = fromSeconds): Promise<void> {
    const seconds = fromSeconds + this.options.tempo.next() * (toSeconds - fromSeconds);
    await sleep(seconds * 1_000 * this.options.pace, undefined, { signal: this.#signal });
  }

  async #untilItMayPass(error: unknown): Promise<void> {
    const wake = new AbortController();
    const off = this.session.on('resume', () => wake.abort());
    const waitMs = error instanceof Unavailable ? Math.max(100, error.retryAfterMs) : 1_000;
    await sleep(waitMs, undefined, { signal: AbortSignal.any([this.#signal, wake.signal]) }).catch(() => {});
    off();
    this.#signal.throwIfAborted();
  }
}

const passes = (error: unknown): boolean => error instanceof Unavailable || error instanceof LeaseLapsed || error instanceof SessionPaused || error instanceof SessionNotOpen;

function byWhom(error: Denied): 'rule' | 'person' | 'time' | 'withdrawal' {
  switch (error.code) {
    case 'approval_denied': return 'person';
    case 'approval_expired': return 'time';
    case 'approval_cancelled': return 'withdrawal';
    default: return 'rule';
  }
}
