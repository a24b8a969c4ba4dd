import type { Unloaded } from './view';

/** What is still on the server after some stretches were read. Both ends belong to a stretch. */
export function stillUnloaded(unloaded: readonly Unloaded[], read: readonly Unloaded[]): Unloaded[] {
  return read.reduce<Unloaded[]>(
    (left, gone) => left.flatMap((range) => {
      if (gone.to < range.from || gone.from > range.to) return [range];
      return [{ from: range.from, to: gone.from - 1 }, { from: gone.to + 1, to: range.to }].filter((part) => part.from <= part.to);
    }),
    [...unloaded],
  );
}
