import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Finding } from '@/lib/protocol/decision';

const SECONDS = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5];

/** The gate's figures for Prometheus: decisions by verdict and code, latency by check, what is open and what waits. */
export function makeGateMetrics(registry = new Registry()) {
  const metrics = {
    registry,
    decisions: new Counter({ name: 'countersign_decisions_total', help: 'Decisions by verdict and code', labelNames: ['decision', 'code'], registers: [registry] }),
    latency: new Histogram({ name: 'countersign_decision_seconds', help: 'From an action request to its recorded decision', buckets: SECONDS, registers: [registry] }),
    checks: new Histogram({ name: 'countersign_check_seconds', help: 'Time in each check of the gate, of one decision in sixteen', labelNames: ['check'], buckets: SECONDS, registers: [registry] }),
    findings: new Counter({ name: 'countersign_findings_total', help: 'What detectors saw, in inputs, results, arguments and outputs', labelNames: ['detector', 'severity'], registers: [registry] }),
    connections: new Gauge({ name: 'countersign_agent_connections', help: 'Connected agent instances', registers: [registry] }),
    sessions: new Gauge({ name: 'countersign_attached_sessions', help: 'Sessions attached to this gateway', registers: [registry] }),
    lapses: new Counter({ name: 'countersign_lease_lapses_total', help: 'Leases that lapsed', registers: [registry] }),
    queued: new Gauge({ name: 'countersign_log_queue', help: 'Commits waiting for the record', registers: [registry] }),
    retries: new Counter({ name: 'countersign_decision_retries_total', help: 'Decisions taken again because something changed under them', labelNames: ['why'], registers: [registry] }),
  };
  return {
    ...metrics, timeCheck: checkTimer(metrics),
    countFindings(findings: readonly Pick<Finding, 'detector' | 'severity'>[]) { for (const { detector, severity } of findings) metrics.findings.inc({ detector, severity }); },
  };
}

/** Notes how long a check took, in milliseconds. Looked up once a check: the library spells its labels out at every call otherwise. */
function checkTimer({ checks }: { checks: Histogram<'check'> }): (check: string, ms: number) => void {
  const bound = new Map<string, { observe(seconds: number): void }>();
  return (check, ms) => {
    let child = bound.get(check);
    if (!child) bound.set(check, (child = checks.labels(check)));
    child.observe(ms / 1000);
  };
}
export type GateMetrics = ReturnType<typeof makeGateMetrics>;
