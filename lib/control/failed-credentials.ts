const BURST = 10;
const REFILL_MS = 6_000;
const MOST_ADDRESSES = 10_000;

/** Slows an address down that keeps presenting credentials nobody knows. A good credential is looked up first and never waits. */
export class FailedCredentials {
  private readonly seen = new Map<string, { tokens: number; at: number }>();

  /** Notes a failure; returns how many milliseconds the address has to wait, 0 while it is within bounds. */
  note(address: string, now = performance.now()): number {
    const before = this.seen.get(address);
    const tokens = before ? Math.min(BURST, before.tokens + (now - before.at) / REFILL_MS) - 1 : BURST - 1;
    this.seen.delete(address);
    this.seen.set(address, { tokens: Math.max(tokens, -1), at: now });
    if (this.seen.size > MOST_ADDRESSES) this.seen.delete(this.seen.keys().next().value as string);
    return tokens >= 0 ? 0 : Math.ceil(-tokens * REFILL_MS);
  }
}
