import { actionDigest, type Args, type Decision } from '@/lib/protocol';
import { Refused } from './errors';
import { judgeDecision, type Judgement } from './judge-decision';
import type { SavedRequest } from './state-file';

type Call = { requestId: string; tool: string; args?: Args; digest: string };
type Pending = Call & { actionId?: string; asked: boolean; waiters: Set<(decision: Decision) => void> };

/** How many final decisions are remembered, for whoever asks for one late. */
const REMEMBERED = 1_000;

/** What one session has asked and not been told yet. Every final decision leaves it exactly once: to its waiters, or to `deliver`. */
export class DecisionInbox {
  readonly #pending = new Map<string, Pending>();
  readonly #final = new Map<string, Decision>();
  readonly #held: { tool: string; digest: string; decision: Decision }[] = [];

  /** `deliver` answers whether anybody listened; what nobody heard is kept until somebody does. */
  constructor(private readonly deliver: (decision: Decision) => boolean, restored: readonly SavedRequest[] = []) {
    for (const request of restored) this.#pending.set(request.requestId, { ...request, asked: true, waiters: new Set() });
  }

  get unresolved(): SavedRequest[] {
    return [...this.#pending.values()].map(({ requestId, actionId, tool, digest }) => ({ requestId, tool, digest, ...(actionId === undefined ? {} : { actionId }) }));
  }

  /** What the next process must know: also decisions that have come, but that nobody has heard yet. */
  get undelivered(): SavedRequest[] {
    return [...this.unresolved, ...this.#held.map(({ tool, digest, decision }) => ({ requestId: decision.requestId, actionId: decision.actionId, tool, digest }))];
  }

  /** Notes a call that is about to be sent. Throws `conflict` where the same id already stands for something else. */
  track(requestId: string, tool: string, args: Args): void {
    const digest = actionDigest(tool, args);
    const there = this.#pending.get(requestId);
    if (there && there.digest !== digest) throw new Refused('conflict', `requestId "${requestId}" already stands for another call. Use a new one.`);
    this.#pending.set(requestId, { asked: false, waiters: new Set(), ...there, requestId, tool, args, digest });
  }

  /** Forgets a call that was never decided, e.g. because it was invalid. One that a person is deciding stays. */
  untrack(requestId: string): void {
    if (this.#pending.get(requestId)?.asked === false) this.#pending.delete(requestId);
  }

  /** Takes what the gateway answered to a request. */
  answered(asked: { requestId: string; tool: string; args: Args }, raw: unknown): Judgement {
    const judgement = judgeDecision(raw, asked);
    // Not there any more when the same request, asked twice at once, has been settled by its other answer.
    const call = this.#pending.get(asked.requestId);
    if (!call) return judgement;
    if (judgement.kind === 'ask') {
      call.asked = true;
      call.actionId = judgement.decision.actionId;
    } else {
      this.#settle(call, readable(judgement), false);
    }
    return judgement;
  }

  /** Takes a decision that came by itself. Answers whether it belongs to this session. */
  arrived(raw: unknown): boolean {
    const { requestId, actionId, decision } = (raw ?? {}) as { requestId?: unknown; actionId?: unknown; decision?: unknown };
    const call = typeof requestId === 'string' ? this.#pending.get(requestId) : undefined;
    if (!call?.asked || (call.actionId !== undefined && call.actionId !== actionId)) return false;
    // Restored from a file without its arguments: the digest that was asked stands in for them.
    const judgement = judgeDecision(raw, { requestId: call.requestId, tool: call.tool, ...(call.args ? { args: call.args } : { digest: call.digest }) });
    if (judgement.kind === 'ask') {
      if (typeof actionId === 'string' && decision === 'ask') call.actionId = actionId;
      return true;
    }
    this.#settle(call, readable(judgement), true);
    return true;
  }

  /** The final decision when it is known; else undefined. `id` is a requestId or an actionId. */
  known(id: string): Decision | undefined {
    return this.#final.get(id) ?? [...this.#final.values()].find((decision) => decision.actionId === id);
  }

  /** Calls back with the final decision, once. Returns how to stop waiting; undefined when nothing of that id is open. */
  wait(id: string, waiter: (decision: Decision) => void): (() => void) | undefined {
    const call = this.#pending.get(id) ?? [...this.#pending.values()].find((pending) => pending.actionId === id);
    if (!call) return undefined;
    call.waiters.add(waiter);
    return () => call.waiters.delete(waiter);
  }

  /** Hands what nobody has heard yet to `deliver`. */
  flush(): void {
    for (const held of this.#held.splice(0)) if (!this.deliver(held.decision)) this.#held.push(held);
  }

  #settle(call: Pending, decision: Decision, announce: boolean): void {
    this.#pending.delete(call.requestId);
    this.#final.delete(call.requestId);
    this.#final.set(call.requestId, decision);
    if (this.#final.size > REMEMBERED) this.#final.delete(this.#final.keys().next().value as string);
    for (const waiter of call.waiters) waiter(decision);
    if (announce && !this.deliver(decision) && call.waiters.size === 0) this.#held.push({ tool: call.tool, digest: call.digest, decision });
  }
}

/** A judgement as a decision that cannot be misread: an allow that doesn't fit its call reads as the deny it is. */
export function readable(judgement: Judgement): Decision {
  if (judgement.kind !== 'deny' || judgement.decision.decision === 'deny') return judgement.decision;
  const { permit: _permit, permitExpiresAt: _expires, args: _args, approval: _approval, ...rest } = judgement.decision;
  return { ...rest, decision: 'deny', code: 'policy.error', reason: 'The grant does not fit the call that asked for it, which counts as a no.' };
}
