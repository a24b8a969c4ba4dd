import type { Sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';

export type Fleet = { agents: string[]; instances: string[]; sessions: { id: string; agentId: string; instanceId: string }[] };

/** Agents with an instance each and sessions on it, as rows; `leaseMs` is how long their leases have left. */
export async function insertFleet(sql: Sql, shape: { agents: number; sessionsEach: number; leaseMs?: number }): Promise<Fleet> {
  const agents = Array.from({ length: shape.agents }, newId);
  const instances = agents.map((id) => `instance-${id}`);
  const sessions = agents.flatMap((agentId, i) => Array.from({ length: shape.sessionsEach }, () => ({ id: newId(), agentId, instanceId: instances[i]! })));
  await sql.rows(`INSERT INTO agent (id, name) SELECT id, 'agent ' || id FROM unnest($1::uuid[]) AS id`, [agents]);
  await sql.rows(
    `INSERT INTO instance (id, agent_id, name, lease_expires_at) SELECT x.id, x.agent_id, x.id, clock_timestamp() + make_interval(secs => $3) FROM unnest($1::text[], $2::uuid[]) AS x(id, agent_id)`,
    [instances, agents, (shape.leaseMs ?? 60_000) / 1000],
  );
  await sql.rows(
    `INSERT INTO session (id, agent_id, instance_id, purpose, canary, delimiter) SELECT x.id, x.agent_id, x.instance_id, 'a test', 'c', 'd' FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS x(id, agent_id, instance_id)`,
    [sessions.map((s) => s.id), sessions.map((s) => s.agentId), sessions.map((s) => s.instanceId)],
  );
  return { agents, instances, sessions };
}

/** An action that waits for a person, with its approval. */
export async function insertPendingApproval(sql: Sql, session: { id: string; agentId: string }, tool = 'send_email'): Promise<{ actionId: string; approvalId: string }> {
  const actionId = newId();
  const approvalId = newId();
  await sql.rows(
    `INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, approval_id, decided_at)
     VALUES ($1, $2, $3, $6, $5, repeat('0', 64), 'ask', 'approval.pending', 'asks', '{"reservations": []}', 'v1', 1, $4, clock_timestamp())`, [actionId, session.id, session.agentId, approvalId, tool, actionId],
  );
  await sql.rows(
    `INSERT INTO approval (id, action_id, session_id, agent_id, tool, title, route, risk, sentence, rule_ids, policy_version, digest, requested_at, decide_by, use_by_ms)
     VALUES ($1, $2, $3, $4, $5, 'a title', '{}', 'high', 'a sentence', '{}', 'v1', repeat('0', 64), clock_timestamp(), clock_timestamp() + interval '1 hour', 60000)`, [approvalId, actionId, session.id, session.agentId, tool],
  );
  return { actionId, approvalId };
}

export async function insertPerson(sql: Sql, name: string, roles: string[]): Promise<{ kind: 'person'; id: string; name: string; email: string; roles: never[]; via: 'console' }> {
  const id = newId();
  const email = `${name.toLowerCase()}@example.org`;
  await sql.rows('INSERT INTO person (id, email, name, roles) VALUES ($1, $2, $3, $4)', [id, email, name, roles]);
  return { kind: 'person', id, name, email, roles: roles as never[], via: 'console' };
}
