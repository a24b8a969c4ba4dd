import type { Registry } from 'prom-client';
import { sql, type Sql } from '@/lib/db';
import { figuresOf, one, type Sample } from '@/lib/figures';
import { lagOf } from '@/lib/log';

/** Figures of alerts for Prometheus, read from the rows at each scrape. */
export function registerAlertMetrics(registry: Registry, db: Sql = sql): void {
  const { gauge, counter } = figuresOf(registry, () => readFigures(db));
  gauge('countersign_alerts_open', 'Alerts that nobody has closed', ['severity'], 'open');
  counter('countersign_alerts_raised_total', 'Alerts raised', ['rule', 'severity'], 'raised');
  counter('countersign_alert_findings_total', 'Findings counted onto alerts', ['detector'], 'findings');
  counter('countersign_alerts_closed_total', 'Closed alerts by what they turned out to be', ['rule', 'as'], 'closed');
  counter('countersign_alert_acts_total', 'What alert rules did at once, by outcome', ['act', 'outcome'], 'acts');
  gauge('countersign_alert_acts_due', 'Acts of alert rules that wait for a worker', ['act'], 'due');
  gauge('countersign_alert_lag_seconds', 'Age of the oldest event that no worker has read for alerts', [], 'lag');
}

async function readFigures(db: Sql) {
  const [open, byRule, byDetector, acts, lag] = await Promise.all([
    db.rows<{ severity: string; n: number }>(`SELECT x.severity, count(a.severity)::float8 AS n FROM unnest(ARRAY['low', 'medium', 'high', 'critical']) AS x(severity) LEFT JOIN alert a ON a.severity = x.severity AND a.state <> 'closed' GROUP BY 1`),
    db.rows<{ rule: string; severity: string; as: string | null; n: number }>('SELECT rule, severity, closed_as AS "as", count(*)::float8 AS n FROM alert GROUP BY 1, 2, 3'),
    db.rows<{ detector: string; n: number }>('SELECT detector, sum(count)::float8 AS n FROM alert GROUP BY 1'),
    db.rows<{ act: string; outcome: string | null; n: number }>('SELECT act, CASE WHEN done_at IS NOT NULL THEN outcome END AS outcome, count(*)::float8 AS n FROM alert_act GROUP BY 1, 2'),
    lagOf(db, 'alert_cursor'),
  ]);
  return {
    open: open.map(({ severity, n }) => ({ labels: { severity }, value: n })), raised: summed(byRule.map(({ rule, severity, n }) => ({ labels: { rule, severity }, value: n }))),
    closed: summed(byRule.flatMap(({ rule, as, n }) => (as === null ? [] : [{ labels: { rule, as }, value: n }]))), findings: byDetector.map(({ detector, n }) => ({ labels: { detector }, value: n })),
    acts: acts.flatMap(({ act, outcome, n }) => (outcome === null ? [] : [{ labels: { act, outcome }, value: n }])),
    due: (['constrain', 'pause', 'stop'] as const).map((act) => ({ labels: { act }, value: acts.find((other) => other.act === act && other.outcome === null)?.n ?? 0 })),
    lag: lag.flatMap(({ seconds }) => one(seconds)),
  };
}

/** A label less than the rows have: those that then read the same are one. */
function summed(samples: readonly Sample[]): Sample[] {
  const sums = new Map<string, Sample>();
  for (const { labels, value } of samples) {
    const key = JSON.stringify(labels);
    sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + value });
  }
  return [...sums.values()];
}
