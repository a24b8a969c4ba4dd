import { unavailable } from '@/lib/errors';

/** Between two readings, however many unknown credentials come (milliseconds). */
const REST_MS = 100;
/** Nobody at the door waits longer than this for a database (milliseconds). */
const PATIENCE_MS = 1_500;

/**
 * Reads keys again for somebody who is not among those in memory: a key that was made this moment is good from this moment, although the
 * next round would only read it later. All who wait share one reading, and however many unknown ones come, there are ten a second at most.
 */
export class LookAgain {
  private next: Promise<boolean> | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly read: () => Promise<void>) {}

  /** True once a reading that began after this call is over; false where none came to an end in time: then nobody knows. */
  look(): Promise<boolean> {
    this.next ??= this.running.then(() => {
      this.next = undefined;
      const reading = this.read().then(() => true, () => false);
      this.running = Promise.all([reading, new Promise((resolve) => setTimeout(resolve, REST_MS).unref())]);
      return reading;
    });
    return Promise.race([this.next, new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS).unref())]);
  }
}

/** For a credential that is not in memory while the database, which may know it, does not answer. */
export const nobodyKnows = () => unavailable('This key is not among those that control keeps in memory, and the database does not answer. Try again; a key that was used before needs no database.', 1_000);
