/** Two clocks in milliseconds: one that never goes back, and the wall's, which also counts while a laptop sleeps. */
export type Clocks = { monotonic(): number; wall(): number };

export const systemClocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * How long this process may act without hearing from the gateway. It counts from the moment a renewal was *sent*: the
 * gateway's own clock for it can only have started later. Linux's monotonic clock stands still during suspend, so
 * the lease has also lapsed when the wall clock says so; a wall clock set forward costs one renewal, never safety.
 * Nothing here depends on a timer having fired: `holds` is asked at the moment of use.
 */
export class Lease {
  #sent: { monotonic: number; wall: number } | undefined;
  #leaseMs = 0;

  constructor(private readonly marginMs: number | undefined, private readonly clocks: Clocks = systemClocks) {}

  /** Call right before a renewal is sent; give the result to `renewed` if it is answered. */
  mark(): { monotonic: number; wall: number } {
    return { monotonic: this.clocks.monotonic(), wall: this.clocks.wall() };
  }

  /** A late answer to an older renewal never shortens what a newer one gave. A length that makes no sense gives no lease. */
  renewed(sent: { monotonic: number; wall: number }, leaseMs: number): void {
    if (!Number.isFinite(leaseMs) || leaseMs <= 0) return;
    if (this.#sent && sent.monotonic < this.#sent.monotonic) return;
    this.#sent = sent;
    this.#leaseMs = leaseMs;
  }

  /** Ends it now, e.g. when the gateway says that it has. */
  lapse(): void {
    this.#sent = undefined;
  }

  /** The lease's whole length, in milliseconds; 0 before the first. */
  get lengthMs(): number { return this.#leaseMs; }

  holds(): boolean {
    return this.remainingMs() > 0;
  }

  /** Milliseconds left, the margin taken off; 0 or less when lapsed. */
  remainingMs(): number {
    if (!this.#sent) return 0;
    const elapsed = Math.max(this.clocks.monotonic() - this.#sent.monotonic, this.clocks.wall() - this.#sent.wall);
    return this.#leaseMs - (this.marginMs ?? Math.min(1_000, this.#leaseMs / 10)) - elapsed;
  }

  /** When the next renewal is due, in milliseconds from now: a third of the lease after the last was sent. */
  renewInMs(): number {
    if (!this.#sent) return 0;
    return Math.max(0, this.#leaseMs / 3 - (this.clocks.monotonic() - this.#sent.monotonic));
  }
}
