/**
 * Runs a piece of work again and again: when woken, and at the latest after its own pause. Never twice at once; a wake-up
 * during a run means one more run right after it.
 */
export class Rounds {
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private again = false;
  private stopped = false;

  /** `work` returns how many milliseconds the next run may wait; after a failure it is `retryMs`. */
  constructor(private readonly work: () => Promise<number>, private readonly retryMs: number, private readonly onError: (error: unknown) => void) {}

  wake(): void {
    if (this.stopped) return;
    if (this.running) { this.again = true; return; }
    clearTimeout(this.timer);
    this.running = this.run().finally(() => { this.running = undefined; });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    let pause = this.retryMs;
    do {
      this.again = false;
      try {
        pause = await this.work();
      } catch (error) {
        // Whoever is away should not be hammered: the next run comes with the clock.
        this.again = false;
        pause = this.retryMs;
        this.onError(error);
      }
    } while (this.again && !this.stopped);
    if (!this.stopped) this.timer = setTimeout(() => { this.wake(); }, pause);
  }
}
