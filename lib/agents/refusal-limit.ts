/** Refused attempts an address may make before it has to wait (a burst, then this many a minute). */
const BURST = 60;
const A_MINUTE = 60;
const MOST_ADDRESSES = 10_000;

/** Slows down an address whose credentials keep being refused; good credentials are never slowed. */
export class RefusalLimit {
  private readonly seen = new Map<string, { tokens: number; at: number }>();

  /** Milliseconds this address has to wait before its next attempt is looked at. */
  waitMs(address: string, now = performance.now()): number {
    const entry = this.current(address, now);
    return !entry || entry.tokens >= 1 ? 0 : Math.ceil(((1 - entry.tokens) * 60_000) / A_MINUTE);
  }

  /** Notes a refused attempt. */
  note(address: string, now = performance.now()): void {
    const entry = this.current(address, now) ?? { tokens: BURST, at: now };
    entry.tokens -= 1;
    this.seen.delete(address);
    this.seen.set(address, entry);
    if (this.seen.size > MOST_ADDRESSES) this.seen.delete(this.seen.keys().next().value!);
  }

  private current(address: string, now: number) {
    const entry = this.seen.get(address);
    if (!entry) return undefined;
    entry.tokens = Math.min(BURST, entry.tokens + ((now - entry.at) * A_MINUTE) / 60_000);
    entry.at = now;
    if (entry.tokens >= BURST) { this.seen.delete(address); return undefined; }
    return entry;
  }
}
