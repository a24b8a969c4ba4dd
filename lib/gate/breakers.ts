/** Opens after so many failures within a time, for another time; then a single call may show whether the tool works again. Milliseconds. */
export type BreakerRule = { failures: number; withinMs: number; openMs: number };

type State = { failures: number[]; openUntil: number; /** When a call was let through to try, if one was. */ triedAt: number | undefined };

/** The oldest make room. */
const MOST_BREAKERS = 10_000;

/**
 * Circuit breakers, by what fails. Each gateway sees for itself: a failing tool fails there as well, and an agent that reports failures
 * that were none keeps only itself from the tool.
 */
export class Breakers {
  private readonly states = new Map<string, State>();

  /** How long until the next call may be tried (milliseconds); 0 when it may be now. Takes nothing. */
  waitMs(key: string, rule: BreakerRule, nowMs: number): number {
    const state = this.states.get(key);
    if (!state || state.openUntil === 0) return 0;
    if (nowMs < state.openUntil) return state.openUntil - nowMs;
    // Half open: whoever tries first holds the others back until that has ended, or has taken as long as the breaker stays open.
    if (state.triedAt !== undefined && nowMs < state.triedAt + rule.openMs) return state.triedAt + rule.openMs - nowMs;
    return 0;
  }

  /** A call goes through. Returns what takes that back, for a call that did not go after all. */
  tried(key: string, nowMs: number): () => void {
    const state = this.states.get(key);
    if (!state || state.openUntil === 0) return () => {};
    const before = state.triedAt;
    state.triedAt = nowMs;
    return () => { if (state.triedAt === nowMs) state.triedAt = before; };
  }

  /** How a call ended. */
  ended(key: string, rule: BreakerRule, ok: boolean, nowMs: number): void {
    if (ok) { this.states.delete(key); return; }
    let state = this.states.get(key);
    if (!state) {
      if (this.states.size >= MOST_BREAKERS) this.states.delete(this.states.keys().next().value!);
      this.states.set(key, (state = { failures: [], openUntil: 0, triedAt: undefined }));
    }
    state.failures = [...state.failures.filter((at) => at > nowMs - rule.withinMs), nowMs].slice(-rule.failures);
    // The one that was let through to try has failed as well.
    const stillBroken = state.openUntil !== 0 && nowMs >= state.openUntil;
    if (stillBroken || state.failures.length >= rule.failures) {
      state.openUntil = nowMs + rule.openMs;
      state.triedAt = undefined;
      state.failures = [];
    }
  }
}
