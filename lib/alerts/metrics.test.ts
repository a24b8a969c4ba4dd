import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metric, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registerFlowMetrics } from '@/lib/flow';
import { makeGateMetrics } from '@/lib/gate';
import { projectRoot } from '@/lib/project-root';
import { registerNotifyMetrics } from '@/lib/notify';
import { registerAlertMetrics } from './metrics';

const file = readFileSync(path.join(projectRoot(), 'deploy', 'prometheus', 'alerts.yml'), 'utf8');
/** Answers each question as a database with nothing in it would. */
const empty = { rows: async () => [] };

async function registered(db: Parameters<typeof registerAlertMetrics>[1] = empty) {
  const { registry } = makeGateMetrics();
  registerAlertMetrics(registry, db);
  registerNotifyMetrics(registry, db);
  registerFlowMetrics(registry, db);
  return registry;
}

/** A histogram's buckets have one more. */
const labelsOf = (registry: Registry, name: string): readonly string[] => [...(registry.getSingleMetric(name) as Metric & { labelNames: readonly string[] }).labelNames, 'le'];

describe('the rules for Prometheus', () => {
  it('name only figures that we have, with labels that these have', async () => {
    const registry = await registered();
    const metrics = await registry.getMetricsAsJSON();
    const known = new Map(metrics.flatMap((metric) => [metric.name, ...((metric.type as unknown) === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => metric.name + end) : [])].map((name) => [name, labelsOf(registry, metric.name)] as const)));
    const exprs = [...file.matchAll(/^ {8}expr: (.+)$/gm)].map((match) => match[1]!);
    expect(exprs.length).toBeGreaterThan(10);
    const named = exprs.flatMap((expr) => [...expr.matchAll(/countersign_[a-z0-9_]+/g)].map((match) => match[0]));
    expect(named.length).toBeGreaterThanOrEqual(exprs.length - 1);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    const selected = exprs.flatMap((expr) => [...expr.matchAll(/(countersign_[a-z0-9_]+)\{([^}]*)\}/g)].flatMap(([, name, labels]) => [...labels!.matchAll(/([a-z]+)=/g)].map(([, label]) => [name!, label!] as const)));
    expect(selected.length).toBeGreaterThan(3);
    expect(selected.filter(([name, label]) => !known.get(name)!.includes(label))).toEqual([]);
    for (const expr of exprs) {
      const own = [...expr.matchAll(/countersign_[a-z0-9_]+/g)].flatMap(([name]) => known.get(name)!);
      expect([...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, labels]) => labels!.split(', ')).filter((label) => !own.includes(label)), expr).toEqual([]);
    }
  });

  it('are about alerts, notifications, people and the gate alike', () => {
    for (const name of ['alerts_open', 'channels_failing', 'notices{state="dead"}', 'floods_total', 'approver_decisions_10m', 'approval_rules_waved_through', 'approvals_oldest_seconds', 'decisions_total']) expect(file).toContain(`countersign_${name}`);
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
