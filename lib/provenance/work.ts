import type { Hit } from './seen-texts';

const BUDGET = 600_000;

/**
 * How much one action may still cost, counted rather than timed so that the same action gets the same answer everywhere. One is about
 * what reading one word of memory takes. When it is used up nothing more is found, and what was not found counts as the model's.
 */
export class Work {
  private left = BUDGET;
  private readonly found = new Map<string, Hit[]>();

  spend(cost: number): void { this.left -= cost; }
  get over(): boolean { return this.left <= 0; }

  /** What was looked for once in this action is not looked for again. */
  once(key: string, find: () => Hit[]): Hit[] {
    const known = this.found.get(key);
    if (known) return known;
    const hits = find();
    this.found.set(key, hits);
    return hits;
  }
}
