/** How long one turn of the event loop begins requests (milliseconds): as many as are then decided and written together. */
const TURN_MS = 10;

/**
 * Lets requests begin in turns of the event loop, some milliseconds' worth in each. However many wait, what else comes in is heard between
 * two turns: an order of control's, the database's answer, a lease. Without it everything that one reading of the sockets brought would
 * have to be begun first. One request a turn would let more be heard, but each would be written alone, which costs a gateway a third of what it can decide.
 */
export class InTurn {
  private waiting: (() => void)[] = [];
  private next = 0;
  private running = false;

  constructor(private readonly turnMs = TURN_MS, private readonly clock: () => number = () => performance.now()) {}

  /** Resolves when it is the caller's turn: first come, first served. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.running) return;
      this.running = true;
      setImmediate(this.step);
    });
  }

  /** How many wait for their turn. */
  get length(): number { return this.waiting.length - this.next; }

  private readonly step = async (): Promise<void> => {
    const until = this.clock() + this.turnMs;
    do {
      this.waiting[this.next++]!();
      // What it does until it waits for somebody comes first.
      await undefined;
      await undefined;
    } while (this.length > 0 && this.clock() < until);
    if (this.length > 0) {
      // A long queue that never quite empties must not keep what is over.
      if (this.next > 1_024) { this.waiting = this.waiting.slice(this.next); this.next = 0; }
      setImmediate(this.step);
      return;
    }
    this.waiting = [];
    this.next = 0;
    this.running = false;
  };
}
