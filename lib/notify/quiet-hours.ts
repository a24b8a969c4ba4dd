import type { Quiet } from './schema';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
const MOST_MOVED = 150 * MINUTE;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes since midnight by the clock on the wall there; what a clock that was put forward or back says then. */
function wallMinutes(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) formats.set(timeZone, format = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' }));
  const [hour, minute] = format.format(at).split(':');
  return Number(hour) * 60 + Number(minute);
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Whether it is quiet at that moment. `to` itself is loud again. */
export function isQuiet({ from, to, timeZone }: Quiet, at: Date): boolean {
  const now = wallMinutes(at.getTime(), timeZone);
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  return begin < end ? now >= begin && now < end : now >= begin || now < end;
}

/**
 * When something that comes at this moment may be told: at once, or at the first minute that is not quiet. The minutes are asked one by one of
 * the place's own clock, so a night in which it is put forward or back ends when the clock on the wall says so.
 */
export function loudFrom(quiet: Quiet | undefined, at: Date): Date {
  if (!quiet || !isQuiet(quiet, at)) return at;
  const first = (Math.floor(at.getTime() / MINUTE) + 1) * MINUTE;
  // By an undisturbed clock it ends then; one that is put forward or back moves that by two hours at most.
  const expected = first + ((minutesOf(quiet.to) - wallMinutes(first, quiet.timeZone) + DAY_MINUTES) % DAY_MINUTES) * MINUTE;
  for (let t = Math.max(first, expected - MOST_MOVED); t <= expected + MOST_MOVED; t += MINUTE) if (!isQuiet(quiet, new Date(t))) return new Date(t);
  return at;
}
