import { sameCover, type StandingOrder } from '@/lib/switches';

/** Longer than any reading of the rows takes (milliseconds). */
const RECENT_MS = 5_000;

type Cover = Pick<StandingOrder, 'kind' | 'scope' | 'target' | 'environment'>;

/** Orders that were told before the database has answered: who presses the same meanwhile, or right after, is answered by them. */
export class InHand {
  private readonly open = new Map<string, { order: StandingOrder; over: Promise<void>; end: () => void }>();
  /** Told a moment ago: what control has read of the rows may be from before. */
  private recent: { order: StandingOrder; at: number }[] = [];

  has(id: string): boolean { return this.open.has(id); }

  take(order: StandingOrder): void {
    let end = () => {};
    const over = new Promise<void>((resolve) => { end = resolve; });
    this.open.set(order.id, { order, over, end });
    this.recent = [...this.recent.filter(({ at }) => performance.now() - at < RECENT_MS), { order, at: performance.now() }];
  }

  /** `told`: false where nobody heard of it. */
  over(id: string, told = true): void {
    if (!told) this.recent = this.recent.filter(({ order }) => order.id !== id);
    this.open.get(id)?.end();
    this.open.delete(id);
  }

  /** Resolves once the database has answered, or has not, for the one like this that is in hand; undefined where there is none. */
  like(cover: Cover): Promise<void> | undefined {
    return [...this.open.values()].find(({ order }) => sameCover(order, cover))?.over;
  }

  toldLately(cover: Cover): boolean { return this.recent.some(({ order }) => sameCover(order, cover)); }
}
