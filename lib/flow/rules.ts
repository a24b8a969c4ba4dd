import type { Pace, RuleFigures } from './schema';

/** Below this many decisions a share says nothing. */
export const MIN_DECISIONS = 20;
/** A rule of whose questions a larger share than this was waved through is marked. */
const WAVED_THROUGH = 0.98;
export const QUICK_MS = 3_000;
/** From so many decisions in ten minutes, less than this long each, nobody reads any more. */
const MANY = 10;
const HASTY_MS = 10_000;

/** A rule that asks and is not weighed: nearly everything approved at once. It asks for nothing, or people have stopped looking. */
export const isWavedThrough = ({ decisions, quick }: Pick<RuleFigures, 'decisions' | 'quick'>): boolean => decisions >= MIN_DECISIONS && quick / decisions > WAVED_THROUGH;

/** Too fast to have read what was decided. It is said, and stops nobody: a denial least of all. */
export const isHasty = ({ decisions, eachMs }: Pace): boolean => decisions >= MANY && eachMs !== null && eachMs < HASTY_MS;

/** "12 in ten minutes, 4 s each"; of ten minutes without a decision nothing. */
export function paceWords({ decisions, eachMs }: Pace): string | undefined {
  if (decisions === 0) return undefined;
  return `${decisions.toLocaleString('en')} in ten minutes${eachMs === null ? '' : `, ${seconds(eachMs)}${decisions === 1 ? '' : ' each'}`}`;
}

/** "40 s", "4 min", "2 h": whole and never less than a second. */
export function seconds(ms: number): string {
  const s = Math.max(1, Math.round(ms / 1_000));
  if (s < 120) return `${s} s`;
  return s < 7_200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3_600)} h`;
}

/** What is usual for requests like it, in a sentence. */
export const usualWaitWords = ({ p50, p90 }: { p50: number; p90: number }): string =>
  (seconds(p50) === seconds(p90) ? `Its like usually wait ${seconds(p50)}.` : `Its like usually wait ${seconds(p50)}, nine in ten at most ${seconds(p90)}.`);
