import { Counter, Gauge, type Registry } from 'prom-client';

export type Sample = { labels: Record<string, string>; value: number };

/** A figure without labels. */
export const one = (value: number): Sample[] => [{ labels: {}, value }];

type Reading = { /** How long one reading serves whoever scrapes again, in milliseconds. */ keptMs?: number; clock?: () => number };

/**
 * Figures for Prometheus that are read from the rows at each scrape: every process says the same, so take `max`, not `sum`. One reading serves
 * all of them. While the database is away there are none, which the rules in deploy/ notice. A counter's rows must never go: where they are let
 * go of after a while, a gauge says of how long it counts.
 */
export function figuresOf<Name extends string>(registry: Registry, read: () => Promise<Record<Name, readonly Sample[]>>, { keptMs = 2_000, clock = () => performance.now() }: Reading = {}) {
  let last: { at: number; figures: Promise<Record<Name, readonly Sample[]> | undefined> } | undefined;
  const figures = () => {
    if (!last || clock() - last.at > keptMs) last = { at: clock(), figures: read().catch(() => undefined) };
    return last.figures;
  };
  return {
    gauge: (name: string, help: string, labelNames: string[], of: Name) => new Gauge({
      name, help, labelNames, registers: [registry],
      async collect() { const said = await figures(); this.reset(); if (!said) this.remove({}); for (const { labels, value } of said?.[of] ?? []) this.set(labels, value); },
    }),
    counter: (name: string, help: string, labelNames: string[], of: Name) => new Counter({
      name, help, labelNames, registers: [registry],
      async collect() { const said = await figures(); this.reset(); if (!said) this.remove({}); for (const { labels, value } of said?.[of] ?? []) this.inc(labels, value); },
    }),
  };
}
