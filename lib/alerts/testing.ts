import { setTimeout as wait } from 'node:timers/promises';
import { makeContext } from '@/lib/context';
import { sqlOf, pool, sqlTransaction, type Sql } from '@/lib/db';
import { record, sessionEvent } from '@/lib/log';
import { usualAlertRules, type AlertRule } from '@/lib/policies/schema';
import type { Finding } from '@/lib/protocol/decision';
import { followFindings } from './follow-findings';

const gateway = makeContext({ kind: 'system', process: 'gateway' });
const content = { payloadId: '0198c5a0-7b1e-7c3a-9f00-3b1d2e4f5a6b', mac: 'm', bytes: 1, rendering: '"findings":[{' };

/** What the gate writes when it has looked at an input; returns the event's number. `url`: the owner's. */
export async function seeInput(url: string, session: { id: string; agentId: string }, findings: Finding[], within?: Sql): Promise<number> {
  const event = sessionEvent(session.id, 'input.added', { origin: 'tool', claimedOrigin: 'tool', source: null, trusted: false, content, verdict: findings.length > 0 ? 'flagged' : 'clean', findings }, { agentId: session.agentId });
  const [row] = within ? await record(within, gateway, [event]) : await sqlTransaction((tx) => record(tx, gateway, [event]), url);
  return row!.seq;
}

export const injection = (more: Partial<Finding> = {}): Finding => ({ detector: 'injection', kind: 'direct', severity: 'high', span: [3, 14], ...more });
export const canary = (): Finding => ({ detector: 'canary', kind: 'canary_leaked', severity: 'critical', path: '/to', span: [0, 28] });

/** Events of a type, in order, as they were recorded. */
export async function eventsOf(url: string, type: string): Promise<{ stream: string; actor: { kind: string; id: string }; data: Record<string, unknown> }[]> {
  const rows = await sqlOf(pool(url)).rows<{ body: string }>('SELECT body FROM log.event WHERE type = $1 ORDER BY xid, seq', [type]);
  return rows.map(({ body }) => JSON.parse(body) as { stream: string; actor: { kind: string; id: string }; data: Record<string, unknown> });
}

/** Follows the log until all that is committed is counted. Other tests' transactions on the same server hold its feed back as well. */
export async function followAll(rules: readonly AlertRule[] = usualAlertRules): Promise<void> {
  const worker = makeContext({ kind: 'system', process: 'worker' });
  for (;;) {
    const { full, unsettled } = await followFindings(worker, rules);
    if (!full && !unsettled) return;
    await wait(5);
  }
}
