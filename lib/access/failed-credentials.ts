import { DomainError, rateLimited, type DomainErrorCode } from '@/lib/errors';

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

  /**
   * Runs what checks a credential of its own. One that holds is never refused for rate; what fails is counted, and beyond the bounds
   * answered `rate_limited`. A time that is off is not counted: only the holder of a good key is told of it.
   */
  async watch<T>(address: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DomainError) || !counted.includes(error.code) || error.data?.why === 'clock') throw error;
      const wait = this.note(address);
      throw wait > 0 ? rateLimited('Too many refused attempts from this address.', wait) : error;
    }
  }
}

const counted: readonly DomainErrorCode[] = ['invalid', 'unauthenticated', 'forbidden', 'conflict'];
