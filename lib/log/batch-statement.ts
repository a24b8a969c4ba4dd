/** Rows that one commit of the gate adds beside its events. `stream` says which stream must not have moved for them to be written. */
export type PayloadRow = { stream: string; id: string; session_id: string; kind: string; sealed: string; salt: string; mac: string; bytes: number };
export type ActionRow = {
  stream: string; id: string; session_id: string; agent_id: string; request_id: string; tool: string; digest: string; decision: string; code: string; reason: string;
  detail: unknown; policy_version: string; seq: number; args_payload_id: string | null; approval_id: string | null; decided_at: string; permitted_at: string | null; permit_expires_at: string | null;
};
export type ApprovalRow = {
  stream: string; id: string; action_id: string; session_id: string; agent_id: string; tool: string; title: string; route: unknown; risk: string; sentence: string;
  rule_ids: string[]; policy_version: string; digest: string; shape: string; requested_at: string; decide_by: string; use_by_ms: number;
};
/** A change of an action that exists: only what is given changes. */
export type ActionChange = {
  stream: string; id: string; started_at?: string; finished_at?: string; result_status?: string; permitted_at?: string; permit_expires_at?: string;
  redeemed_at?: string; decision?: string; code?: string; reason?: string;
};
/** A granted approval that has been used: by `action.started`. */
export type ApprovalUse = { stream: string; id: string; used_at: string };
/** A session that is held to less from here on, and why; what stands already is left as it is. */
export type SessionConstraint = { stream: string; id: string; by: unknown };
export type BudgetChange = { stream: string; key: string; window: string; calls: number; cost: string };

/**
 * One statement writes a whole batch: streams are locked in id order, those that still stand where the writer
 * believes move on, and only their rows are inserted. Nothing at all is written when the switches' generation
 * is not the one that the batch was decided under. Answers with the generation and the streams that moved on.
 */
export const BATCH_STATEMENT = `
WITH gen AS (SELECT generation FROM switch_generation WHERE id = 1),
want AS (
  SELECT * FROM json_to_recordset($1::json) AS w(id text, expected bigint, prev text, last_seq bigint, head text)
),
locked AS MATERIALIZED (
  -- By a list of names, never by a join: the planner guesses a hundred rows of json and then reads every stream there has ever been.
  SELECT s.id, s.last_seq, s.head FROM log.stream s WHERE s.id = ANY($11::text[]) ORDER BY s.id FOR UPDATE
),
ok AS MATERIALIZED (
  SELECT w.id, w.last_seq, w.head FROM want w JOIN locked l ON l.id = w.id AND l.last_seq = w.expected AND l.head = w.prev
  WHERE $2::bigint IS NULL OR (SELECT generation FROM gen) = $2::bigint
),
moved AS (UPDATE log.stream s SET last_seq = ok.last_seq, head = ok.head FROM ok WHERE s.id = ok.id),
events AS (
  INSERT INTO log.event (stream, seq, month, id, type, recorded_at, agent_id, body, hash)
  SELECT e.stream, e.seq, e.month, e.id, e.type, e.recorded_at, e.agent_id, e.body, e.hash
  FROM json_to_recordset($3::json) AS e(stream text, seq bigint, month date, id uuid, type text, recorded_at timestamptz, agent_id uuid, body text, hash text)
  JOIN ok ON ok.id = e.stream
),
payloads AS (
  INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, erased_at)
  SELECT p.id, p.session_id, p.kind, CASE WHEN k.erased_at IS NULL THEN decode(p.sealed, 'base64') END, CASE WHEN k.erased_at IS NULL THEN decode(p.salt, 'base64') END, p.mac, p.bytes, k.erased_at
  FROM json_to_recordset($4::json) AS p(stream text, id uuid, session_id uuid, kind text, sealed text, salt text, mac text, bytes int)
  JOIN ok ON ok.id = p.stream
  -- What comes in after its session's texts were erased, by a gateway that still had the key, is erased as it is written.
  LEFT JOIN session_key k ON k.session_id = p.session_id
),
actions AS (
  INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, args_payload_id, approval_id, decided_at, permitted_at, permit_expires_at)
  SELECT a.id, a.session_id, a.agent_id, a.request_id, a.tool, a.digest, a.decision, a.code, a.reason, a.detail, a.policy_version, a.seq, a.args_payload_id, a.approval_id, a.decided_at, a.permitted_at, a.permit_expires_at
  FROM json_to_recordset($5::json) AS a(stream text, id uuid, session_id uuid, agent_id uuid, request_id text, tool text, digest text, decision text, code text, reason text,
    detail jsonb, policy_version text, seq bigint, args_payload_id uuid, approval_id uuid, decided_at timestamptz, permitted_at timestamptz, permit_expires_at timestamptz)
  JOIN ok ON ok.id = a.stream
),
approvals AS (
  INSERT INTO approval (id, action_id, session_id, agent_id, tool, title, route, risk, sentence, rule_ids, policy_version, digest, shape, requested_at, decide_by, use_by_ms)
  SELECT p.id, p.action_id, p.session_id, p.agent_id, p.tool, p.title, p.route, p.risk, p.sentence, ARRAY(SELECT json_array_elements_text(p.rule_ids)), p.policy_version, p.digest, p.shape, p.requested_at, p.decide_by, p.use_by_ms
  FROM json_to_recordset($6::json) AS p(stream text, id uuid, action_id uuid, session_id uuid, agent_id uuid, tool text, title text, route jsonb, risk text, sentence text,
    rule_ids json, policy_version text, digest text, shape text, requested_at timestamptz, decide_by timestamptz, use_by_ms int)
  JOIN ok ON ok.id = p.stream
),
changes AS (
  UPDATE action t SET
    started_at = coalesce(c.started_at, t.started_at), finished_at = coalesce(c.finished_at, t.finished_at), result_status = coalesce(c.result_status, t.result_status),
    permitted_at = coalesce(c.permitted_at, t.permitted_at), permit_expires_at = coalesce(c.permit_expires_at, t.permit_expires_at), redeemed_at = coalesce(c.redeemed_at, t.redeemed_at),
    decision = coalesce(c.decision, t.decision), code = coalesce(c.code, t.code), reason = coalesce(c.reason, t.reason)
  FROM json_to_recordset($7::json) AS c(stream text, id uuid, started_at timestamptz, finished_at timestamptz, result_status text, permitted_at timestamptz,
    permit_expires_at timestamptz, redeemed_at timestamptz, decision text, code text, reason text)
  JOIN ok ON ok.id = c.stream
  WHERE t.id = c.id
),
used AS (
  UPDATE approval t SET state = 'used', used_at = u.used_at
  FROM json_to_recordset($10::json) AS u(stream text, id uuid, used_at timestamptz)
  JOIN ok ON ok.id = u.stream
  WHERE t.id = u.id AND t.state = 'approved'
),
constrained AS (
  UPDATE session t SET constrained_at = clock_timestamp(), constrained_by = c.by
  FROM json_to_recordset($12::json) AS c(stream text, id uuid, by jsonb)
  JOIN ok ON ok.id = c.stream
  WHERE t.id = c.id AND t.constrained_at IS NULL
),
budgets AS (
  INSERT INTO budget_use (key, "window", calls, cost)
  SELECT b.key, b."window", sum(b.calls)::int, sum(b.cost::numeric) FROM json_to_recordset($8::json) AS b(stream text, key text, "window" text, calls int, cost text)
  JOIN ok ON ok.id = b.stream GROUP BY b.key, b."window" ORDER BY b.key, b."window"
  ON CONFLICT (key, "window") DO UPDATE SET calls = budget_use.calls + excluded.calls, cost = budget_use.cost + excluded.cost
)
SELECT (SELECT generation FROM gen) AS generation, (SELECT array_agg(id) FROM ok) AS ok, pg_notify('cs_log', $9)::text AS notified`;
