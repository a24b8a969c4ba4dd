import { Counter, Gauge, type Registry } from 'prom-client';
import { sql, type Sql } from '@/lib/db';
import { expiries, ruleFigures, WORDS } from './queries';
import { isWavedThrough } from './rules';

type Figures = { waiting: number; oldest: number; unseen: number; waved: number; p50: number | null; p90: number | null; busiest: number; floods: number };

/** One reading serves all figures of a scrape, and whoever scrapes again within this time (milliseconds): they go over a week. */
const KEPT_MS = 10_000;
const DAYS = 7;

/**
 * Figures of people and questions for Prometheus, read from the rows at each scrape: every gateway says the same, so take `max`, not `sum`.
 * Nobody is named. While the database is away there are none.
 */
export function registerFlowMetrics(registry: Registry, db: Sql = sql, clock: () => number = () => performance.now()): void {
  let last: { at: number; figures: Promise<Figures | undefined> } | undefined;
  const figures = () => {
    if (!last || clock() - last.at > KEPT_MS) last = { at: clock(), figures: readFigures(db).catch(() => undefined) };
    return last.figures;
  };
  const gauge = (name: string, help: string, of: (read: Figures) => number) => new Gauge({ name, help, registers: [registry], async collect() { const read = await figures(); this.reset(); if (read) this.set(of(read)); else this.remove({}); } });
  gauge('countersign_approvals_waiting', 'Questions that wait for a person', (read) => read.waiting);
  gauge('countersign_approvals_oldest_seconds', 'How long the oldest of them has waited', (read) => read.oldest);
  gauge('countersign_approvals_expired_unseen', `Questions that ran out within ${DAYS} days and that nobody had open`, (read) => read.unseen);
  gauge('countersign_approval_rules_waved_through', `Rules of which over 98 % were approved at once within ${DAYS} days`, (read) => read.waved);
  gauge('countersign_approver_decisions_10m', 'Decisions in the last ten minutes of whoever makes the most', (read) => read.busiest);
  new Gauge({
    name: 'countersign_approval_view_to_decision_seconds', help: 'From a card’s first opening to that person’s decision, within a day', labelNames: ['quantile'], registers: [registry],
    async collect() { const read = await figures(); this.reset(); for (const [quantile, ms] of [['0.5', read?.p50], ['0.9', read?.p90]] as const) if (ms != null) this.set({ quantile }, ms / 1_000); },
  });
  new Counter({ name: 'countersign_floods_total', help: 'Agents that were paused because they asked more than anybody can answer', registers: [registry], async collect() { const read = await figures(); this.reset(); if (read) this.inc(read.floods); else this.remove({}); } });
}

async function readFigures(db: Sql): Promise<Figures> {
  const [[waits], [words], [busiest], [floods], expired, rules] = await Promise.all([
    db.rows<{ waiting: number; oldest: number }>(`SELECT count(*)::float8 AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(requested_at)), 0)::float8 AS oldest FROM approval WHERE state IN ('pending', 'partially_approved') AND decide_by > statement_timestamp()`),
    db.rows<{ p50: number | null; p90: number | null }>(`SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY w.ms) AS p50, percentile_cont(0.9) WITHIN GROUP (ORDER BY w.ms) AS p90 FROM (${WORDS} WHERE g.at > statement_timestamp() - interval '1 day') AS w`),
    db.rows<{ n: number }>(`SELECT coalesce(max(n), 0)::float8 AS n FROM (SELECT count(*) AS n FROM approval_signature WHERE at > statement_timestamp() - interval '10 minutes' GROUP BY person_id) AS each`),
    db.rows<{ n: number }>('SELECT count(at)::float8 AS n FROM flood'),
    expiries(DAYS, 0, db), ruleFigures(DAYS, db),
  ]);
  return { ...waits!, ...words!, busiest: busiest!.n, floods: floods!.n, unseen: expired.unseen, waved: rules.filter(isWavedThrough).length };
}
