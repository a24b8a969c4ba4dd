import type { Sql } from '@/lib/db';
import { unavailable } from '@/lib/errors';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { loadActiveBundle, type ActiveBundle, type Loaded } from './load-active-bundle';

export type BundleWatchOptions = {
  sql: Sql;
  /** Read at every load, so that a rotated key is found. */
  keys: () => KeySet;
  onActive?: (active: ActiveBundle) => void;
  onRefused?: (refusal: Extract<Loaded, { kind: 'refused' }>) => void;
};

/** Keeps the last good bundle of one process. Call `reload` at the start, on every `cs_bundle` notice, after a reconnect, and now and then. */
export class BundleWatch {
  readonly #options: BundleWatchOptions;
  #active: ActiveBundle | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: BundleWatchOptions) {
    this.#options = options;
  }

  /** What to decide by now. Throws `unavailable` while no good bundle has been seen: then nothing is decided. Use it at once, never across an await. */
  active(): ActiveBundle {
    if (!this.#active) throw unavailable('There is no policy bundle that this gateway may trust yet, so nothing can be decided.', 1_000);
    return this.#active;
  }

  get loaded(): boolean {
    return this.#active !== undefined;
  }

  /** Looks for a newer bundle; calls that overlap share one look and one more after it. Rejects when the database is away. */
  reload(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#look().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #look(): Promise<void> {
    do {
      this.#again = false;
      const found = await loadActiveBundle(this.#options.sql, this.#options.keys(), this.#active);
      if (found.kind === 'refused') this.#options.onRefused?.(found);
      if (found.kind !== 'loaded') continue;
      const before = this.#active;
      this.#active = found.active;
      before?.prepared.dispose();
      this.#options.onActive?.(found.active);
    } while (this.#again);
  }

  close(): void {
    this.#active?.prepared.dispose();
    this.#active = undefined;
  }
}
