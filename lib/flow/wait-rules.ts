/** One question: how long it waited, and whether a person's decision ended the wait. Anything else (still waiting, expired, cancelled) waited at least so long. */
export type Wait = { ms: number; decided: boolean };
/** What was asked, for learning: by which routes, in which hour of the day (UTC). `settled`: nobody knows more of it later. */
export type AskedWait = Wait & { route: string; hour: number; settled: boolean };
export type WaitQuantiles = { p50: number; p90: number };
export type Forecast = { route: string; hour: number; settled: number; decided: number } & WaitQuantiles;

/** Fewer decided or expired ones than this say nothing about the next. */
export const MIN_SETTLED = 10;
export const ANY_ROUTE = '*';
export const ANY_HOUR = -1;

/** What its routes are called together, however a rule lists them. */
export const routeKey = (routes: readonly string[]): string => [...new Set(routes)].sort().join(' + ');

/**
 * Median and p90 of the time to a decision, by the product-limit estimate (Kaplan and Meier): one that is not decided counts as waiting at
 * least as long as it has. Where too few were decided to say, it is the longest that anybody has waited: at least that. Null of nothing.
 */
export function waitQuantiles(waits: readonly Wait[]): WaitQuantiles | null {
  const sorted = waits.map(({ ms, decided }) => ({ ms: Math.max(0, ms), decided })).sort((a, b) => a.ms - b.ms || Number(b.decided) - Number(a.decided));
  const longest = sorted.at(-1)?.ms;
  if (longest === undefined) return null;
  let waiting = 1;
  const found: Partial<WaitQuantiles> = {};
  sorted.forEach(({ ms, decided }, index) => {
    if (!decided) return;
    const left = sorted.length - index;
    waiting *= (left - 1) / left;
    if (waiting <= 0.5 + ROUNDING) found.p50 ??= ms;
    if (waiting <= 0.1 + ROUNDING) found.p90 ??= ms;
  });
  return { p50: found.p50 ?? longest, p90: found.p90 ?? longest };
}

/** Ten factors that should make exactly a tenth may miss it by this. */
const ROUNDING = 1e-9;

/** What can be said: for each route in each hour, for each route, and for all together, each where enough is known. */
export function forecastsOf(asked: readonly AskedWait[]): Forecast[] {
  const groups = new Map<string, { route: string; hour: number; waits: AskedWait[] }>();
  for (const one of asked) {
    for (const [route, hour] of [[one.route, one.hour], [one.route, ANY_HOUR], [ANY_ROUTE, ANY_HOUR]] as const) {
      const key = JSON.stringify([route, hour]);
      const group = groups.get(key) ?? { route, hour, waits: [] };
      group.waits.push(one);
      groups.set(key, group);
    }
  }
  return [...groups.values()].flatMap(({ route, hour, waits }) => {
    const settled = waits.filter((one) => one.settled).length;
    const quantiles = waitQuantiles(waits);
    if (settled < MIN_SETTLED || !quantiles) return [];
    return [{ route, hour, settled, decided: waits.filter((one) => one.decided).length, p50: kept(quantiles.p50), p90: kept(quantiles.p90) }];
  });
}

/** Routes may give people thirty days; the table's whole numbers end at almost twenty-five, which is as good a word for it. */
const MOST_MS = 2 ** 31 - 1;
const kept = (ms: number): number => Math.min(MOST_MS, Math.round(ms));

/** The nearest that is known: its routes at this hour, its routes at any, all routes; null where nothing is. */
export function forecastFor(known: ReadonlyMap<string, WaitQuantiles>, routes: readonly string[], hour: number): WaitQuantiles | null {
  const route = routeKey(routes);
  return known.get(forecastKey(route, hour)) ?? known.get(forecastKey(route, ANY_HOUR)) ?? known.get(forecastKey(ANY_ROUTE, ANY_HOUR)) ?? null;
}

export const forecastKey = (route: string, hour: number): string => `${hour} ${route}`;
