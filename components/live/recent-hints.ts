/** Whether a hint concerns someone. `*` concerns everybody; a wanted topic ending in `:` stands for all that begin with it. */
export const concerns = (heard: readonly string[], wanted: readonly string[]): boolean =>
  heard.some((topic) => topic === '*' || wanted.some((want) => topic === want || (want.endsWith(':') && topic.startsWith(want))));

/** Longer than a page takes from being read on the server until it listens, also on a slow line (milliseconds). */
const keptMs = 15_000;

/** The hints of the last seconds. A page that was read before one and listens only after it would else show the old state for good. */
export class RecentHints {
  private kept: { at: number; topics: readonly string[] }[] = [];

  add(topics: readonly string[], now: number): void {
    this.kept = [...this.kept.filter((one) => now - one.at < keptMs), { at: now, topics }].slice(-200);
  }

  missed(wanted: readonly string[], now: number): boolean {
    return this.kept.some((one) => now - one.at < keptMs && concerns(one.topics, wanted));
  }
}
