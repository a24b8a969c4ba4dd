import { sql } from '@/lib/db';
import { sessionStream } from '@/lib/log';
import { readPayloads } from '@/lib/payloads';
import type { Finding } from '@/lib/protocol/decision';
import type { LiveSession } from './live-session';
import { MOST_PLANS, type PlanStep } from './plans';

const MOST_ACTIONS = 5_000;

type Submitted = { planId: string; traceHash: string; content: { payloadId: string }; findings?: Finding[] };

/** The plans that this session submitted before it came to this gateway, and how far it had come with each, from the log. */
export async function recallPlans(session: LiveSession): Promise<void> {
  const { id } = session.row;
  const rows = await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = $1 AND type = 'plan.submitted' AND body::jsonb->'data'->>'verdict' = 'valid' ORDER BY seq DESC LIMIT $2`, [sessionStream(id), MOST_PLANS]);
  const plans = rows.reverse().map((row) => (JSON.parse(row.body) as { data: Submitted }).data);
  if (plans.length === 0) return;
  const payloads = await readPayloads(id, plans.map((plan) => plan.content.payloadId));
  for (const { planId, traceHash, content, findings = [] } of plans) {
    const steps = payloads.get(content.payloadId);
    // Erased texts leave no steps: what names them is outside any plan.
    session.plans.add(planId, traceHash, Array.isArray(steps) ? (steps as PlanStep[]) : [], findings.some(({ kind }) => kind === 'plan_changed_after_untrusted'));
  }
  const actions = await sql.rows<{ id: string; plan: string; step: string; status: 'ok' | 'error' | null }>(
    `SELECT id, detail->>'planId' AS plan, detail->>'stepId' AS step, result_status AS status FROM action WHERE session_id = $1 AND detail ? 'planId' AND decision <> 'deny' ORDER BY seq LIMIT $2`, [id, MOST_ACTIONS],
  );
  for (const action of actions) {
    session.plans.began(action.id, action.plan, action.step);
    if (action.status) session.plans.ended(action.id, action.status);
  }
}
