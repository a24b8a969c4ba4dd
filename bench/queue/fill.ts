import pg from 'pg';
import { ownerUrl } from '@/lib/db/owner-url';
import { newId } from '@/lib/protocol/ids';

const words = ['invoice', 'order', 'refund', 'address', 'contract', 'delivery', 'complaint', 'renewal'];

/**
 * Lets so many wait as one real request does, asked over the last hour and with hours left: rows of the product's own, all but their
 * sentences and times copied from that one, whose arguments they share.
 */
export async function fillQueue(dataDir: string, approvalId: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl({ dataDir }) });
  await client.connect();
  try {
    const ids = Array.from({ length: count }, () => [newId(), newId()] as const);
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, args_payload_id, approval_id, decided_at)
       SELECT x.action, a.session_id, a.agent_id, x.action::text, a.tool, a.digest, a.decision, a.code, a.reason, a.detail, a.policy_version, a.seq, a.args_payload_id, x.approval, a.decided_at
       FROM approval p JOIN action a ON a.id = p.action_id, unnest($2::uuid[], $3::uuid[]) x(action, approval) WHERE p.id = $1`, [approvalId, ids.map(([action]) => action), ids.map(([, approval]) => approval)]);
    await client.query(
      `INSERT INTO approval (id, action_id, session_id, agent_id, tool, title, route, risk, sentence, rule_ids, policy_version, digest, shape, requested_at, decide_by, use_by_ms)
       SELECT x.approval, x.action, p.session_id, p.agent_id, p.tool, 'Write the ' || ($4::text[])[1 + x.at % 8] || ' of person ' || x.at || ' to /srv/customers/' || x.at % 97 || '.txt', p.route, (ARRAY['low', 'medium', 'high'])[1 + x.at % 3], p.sentence, p.rule_ids, p.policy_version, p.digest, md5((x.at % 40)::text),
         clock_timestamp() - make_interval(secs => 120 + x.at % 3480), clock_timestamp() + make_interval(secs => 7200 + x.at % 7200), p.use_by_ms
       FROM approval p, unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY x(action, approval, at) WHERE p.id = $1`, [approvalId, ids.map(([action]) => action), ids.map(([, approval]) => approval), words]);
    // Who decides has been somebody who may for a day: what was asked before they might is nobody's to sign.
    await client.query(`UPDATE right_grant SET granted_at = granted_at - interval '1 day'`);
    await client.query('COMMIT');
    await client.query('ANALYZE approval; ANALYZE action');
  } finally {
    await client.end();
  }
}
