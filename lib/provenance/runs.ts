import type { KeptText, Segment } from './segment';
import { LONGEST_LOOK } from './segment';
import { GRAM, gramsOf, LONG_GRAM, longGramsOf } from './signature';
import { isSign } from './ordinary';
import type { Work } from './work';

/** What stands in a source as it stands in the argument: as long as it goes in both directions. */
export type Run = { readonly text: KeptText; readonly at: number; readonly start: number; readonly end: number };

/** A sentence has more characters than this; fewer in a row that two texts share say little. */
export const LEAST_RUN = 24;
const SEED = 17;
const STEP = LEAST_RUN - SEED + 1;
/** In a very long text longer runs are looked for, so that it costs no more. */
const MOST_SEEDS = 4_096;
const MOST_TRIES = 4;
/** No further place is tried for a longer one than this. */
const LONG_RUN = 1_000;
const MOST_SOURCES = 12;

type Reached = { end: number; seed: number; tries: number };

/** Every run of at least 24 characters that a folded text shares with what was seen, by source; of one source those that lie within another are left out. */
export function runsIn(folded: string, segments: readonly Segment[], work: Work): Run[] {
  const runs: Run[] = [];
  if (folded.length < LEAST_RUN) return runs;
  const grams = gramsOf(folded);
  const longGrams = longGramsOf(folded);
  const step = Math.max(STEP, Math.ceil(folded.length / MOST_SEEDS));
  const last = folded.length - SEED;
  const reached = new Map<number, Reached>();
  let sources = 0;
  let worst = -1;
  for (let seed = 0; seed < last + step && !work.over; seed += step) {
    const start = Math.min(seed, last);
    const words = folded.slice(start, start + SEED);
    if (!says(words)) continue;
    for (const segment of segments) {
      work.spend(6);
      for (let bits = segment.mayHoldLonger(grams, longGrams, start, start + SEED - GRAM + 1, start + SEED - LONG_GRAM + 1, LEAST_RUN - SEED); bits !== 0 && !work.over; bits &= bits - 1) {
        for (const part of segment.partsOf(31 - Math.clz32(bits & -bits))) {
          const { source } = part.text;
          const before = reached.get(source.seq);
          if (before ? before.end >= start + SEED || (before.seed === start && before.tries >= MOST_TRIES) : sources >= MOST_SOURCES && source.rank <= worst) continue;
          const run = longest(folded, start, words, part, work);
          if (run === undefined) continue;
          if (run.end - run.start < LEAST_RUN) {
            reached.set(source.seq, { end: before?.end ?? 0, seed: start, tries: before?.seed === start ? before.tries + 1 : 1 });
            continue;
          }
          runs.push(run);
          if (!before || before.end === 0) sources += 1;
          reached.set(source.seq, { end: run.end, seed: start, tries: 0 });
          worst = Math.max(worst, source.rank);
        }
      }
    }
  }
  return runs;
}

/** The longest run around the first few places of a block where the seed stands. */
function longest(folded: string, start: number, seed: string, part: { text: KeptText; start: number; end: number }, work: Work): Run | undefined {
  const { text } = part.text;
  const end = Math.min(text.length, part.end + LONGEST_LOOK - 1);
  work.spend(20 + ((end - part.start) >> 3));
  const stretch = text.slice(part.start, end);
  let best: Run | undefined;
  for (let at = stretch.indexOf(seed), tries = 0; at >= 0 && tries < MOST_TRIES && (!best || best.end - best.start < LONG_RUN); at = stretch.indexOf(seed, at + 1), tries++) {
    let from = part.start + at;
    let to = from + seed.length;
    const shift = start - from;
    while (from > 0 && from + shift > 0 && text.charCodeAt(from - 1) === folded.charCodeAt(from + shift - 1)) from -= 1;
    while (to < text.length && to + shift < folded.length && text.charCodeAt(to) === folded.charCodeAt(to + shift)) to += 1;
    work.spend((to - from) >> 2);
    if (!best || to - from > best.end - best.start) best = { text: part.text, at: from, start: from + shift, end: to + shift };
  }
  return best;
}

/** Rules, tables and one sign over and over are in many texts. */
function says(seed: string): boolean {
  const different = new Set<number>();
  let signs = 0;
  for (let i = 0; i < seed.length; i++) {
    const code = seed.charCodeAt(i);
    if (!isSign(code)) continue;
    signs += 1;
    different.add(code);
  }
  return signs >= 6 && different.size >= 4;
}
