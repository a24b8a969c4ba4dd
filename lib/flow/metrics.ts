import type { Registry } from 'prom-client';
import { sql, type Sql } from '@/lib/db';
import { figuresOf, one } from '@/lib/figures';
import { expiries, ruleFigures, WORDS } from './queries';
import { isWavedThrough } from './rules';

/** They go over a week, so a reading serves for longer (milliseconds). */
const KEPT_MS = 10_000;
const DAYS = 7;

/** Figures of people and questions for Prometheus, read from the rows at each scrape. Nobody is named. */
export function registerFlowMetrics(registry: Registry, db: Sql = sql): void {
  const { gauge, counter } = figuresOf(registry, () => readFigures(db), { keptMs: KEPT_MS });
  gauge('countersign_approvals_waiting', 'Questions that wait for a person', [], 'waiting');
  gauge('countersign_approvals_oldest_seconds', 'How long the oldest of them has waited', [], 'oldest');
  gauge('countersign_approvals_expired_unseen', `Questions that ran out within ${DAYS} days and that nobody had open`, [], 'unseen');
  gauge('countersign_approval_rules_waved_through', `Rules of which over 98 % were approved at once within ${DAYS} days`, [], 'waved');
  gauge('countersign_approver_decisions_10m', 'Decisions in the last ten minutes of whoever makes the most', [], 'busiest');
  gauge('countersign_approval_view_to_decision_seconds', 'From a card’s first opening to that person’s decision, within a day', ['quantile'], 'words');
  counter('countersign_floods_total', 'Agents that were paused because they asked more than anybody can answer', [], 'floods');
}

async function readFigures(db: Sql) {
  const [[waits], [words], [busiest], [floods], expired, rules] = await Promise.all([
    db.rows<{ waiting: number; oldest: number }>(`SELECT count(*)::float8 AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(requested_at)), 0)::float8 AS oldest FROM approval WHERE state IN ('pending', 'partially_approved') AND decide_by > statement_timestamp()`),
    db.rows<{ p50: number | null; p90: number | null }>(`SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY w.ms) AS p50, percentile_cont(0.9) WITHIN GROUP (ORDER BY w.ms) AS p90 FROM (${WORDS} WHERE g.at > statement_timestamp() - interval '1 day') AS w`),
    db.rows<{ n: number }>(`SELECT coalesce(max(n), 0)::float8 AS n FROM (SELECT count(*) AS n FROM approval_signature WHERE at > statement_timestamp() - interval '10 minutes' GROUP BY person_id) AS each`),
    db.rows<{ n: number }>('SELECT count(at)::float8 AS n FROM flood'),
    expiries(DAYS, 0, db), ruleFigures(DAYS, db),
  ]);
  return {
    waiting: one(waits!.waiting), oldest: one(waits!.oldest), busiest: one(busiest!.n), floods: one(floods!.n), unseen: one(expired.unseen), waved: one(rules.filter(isWavedThrough).length),
    words: ([['0.5', words!.p50], ['0.9', words!.p90]] as const).flatMap(([quantile, ms]) => (ms === null ? [] : [{ labels: { quantile }, value: ms / 1_000 }])),
  };
}
