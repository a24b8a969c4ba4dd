import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeGateMetrics } from '@/lib/gate';
import { projectRoot } from '@/lib/project-root';
import { registerNotifyMetrics } from '@/lib/notify';
import { registerAlertMetrics } from './metrics';

const file = readFileSync(path.join(projectRoot(), 'deploy', 'prometheus', 'alerts.yml'), 'utf8');
/** Answers each of the five questions as a database with nothing in it would. */
const empty = { rows: async () => [] };

async function registered(db: Parameters<typeof registerAlertMetrics>[1] = empty) {
  const { registry } = makeGateMetrics();
  registerAlertMetrics(registry, db);
  registerNotifyMetrics(registry, db);
  return registry;
}

describe('the rules for Prometheus', () => {
  it('name only figures that we have, with labels that these have', async () => {
    const metrics = await (await registered()).getMetricsAsJSON();
    const known = new Map(metrics.flatMap((metric) => [metric.name, ...((metric.type as unknown) === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => metric.name + end) : [])].map((name) => [name, metric] as const)));
    const exprs = [...file.matchAll(/^ {8}expr: (.+)$/gm)].map((match) => match[1]!);
    expect(exprs.length).toBeGreaterThan(10);
    const named = exprs.flatMap((expr) => [...expr.matchAll(/countersign_[a-z_]+/g)].map((match) => match[0]));
    expect(named.length).toBeGreaterThanOrEqual(exprs.length - 1);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('each say what is wrong, and how grave it is', () => {
    const rules = file.split(/^ {6}- alert: /m).slice(1);
    expect(new Set(rules.map((rule) => rule.split('\n', 1)[0])).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule).toMatch(/^Countersign[A-Za-z]+\n {8}expr: \S/);
      expect(rule).toMatch(/\n {8}labels: \{ severity: (critical|warning|info) \}/);
      expect(rule).toMatch(/\n {10}summary: .+\./);
    }
  });
});

it('has no figures of alerts while the database is away, and still has all others', async () => {
  const text = await (await registered({ rows: async () => { throw new Error('away'); } })).metrics();
  expect(text).toContain('# TYPE countersign_alert_lag_seconds gauge');
  expect(text).not.toMatch(/^countersign_alert/m);
  expect(text).toMatch(/^countersign_log_queue 0$/m);
});
