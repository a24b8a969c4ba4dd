import { sql } from '@/lib/db';
import type { Decision, DecisionCode, Finding, Provenance, RuleHit } from '@/lib/protocol/decision';
import type { Reservation } from './budgets';
import { remember, type KnownAction, type LiveSession } from './live-session';

type Row = {
  id: string; session_id: string; agent_id: string; request_id: string; tool: string; digest: string; final_digest: string | null; decision: 'allow' | 'deny' | 'ask'; code: DecisionCode; reason: string;
  detail: { rules: RuleHit[]; findings: Finding[]; provenance: Provenance; reservations?: Reservation[]; plan?: KnownAction['plan']; obligation?: unknown; owedFor?: string };
  policy_version: string; seq: bigint; permit_expires_at: Date | null; started_at: Date | null; finished_at: Date | null; redeemed_at: Date | null;
  approval_id: string | null; approval_state: string | null; route: { stepUp?: boolean; routes?: string[] } | null; requested_at: Date | null; decide_by: Date | null; use_by: Date | null; use_by_at_most: Date | null; now: Date; args_payload_id: string | null; final_payload_id: string | null;
};

const SELECT = `
SELECT a.id, a.session_id, a.agent_id, a.request_id, a.tool, a.digest, a.final_digest, a.decision, a.code, a.reason, a.detail, a.policy_version, a.seq, a.permit_expires_at, a.started_at, a.finished_at, a.redeemed_at,
  a.args_payload_id, a.final_payload_id, a.approval_id, p.state AS approval_state, p.route, p.requested_at, p.decide_by, p.use_by, p.decide_by + p.use_by_ms * interval '1 millisecond' AS use_by_at_most, clock_timestamp() AS now
FROM action a LEFT JOIN approval p ON p.id = a.approval_id`;

/** An action as the database has it now, and the reading of its session that it is newer than: given to the writer, it says that nobody else has written since. */
export type ReadAction = { action: KnownAction; since: number; now: Date; payloadId: string | null; finalDigest: string | null };

export async function readAction(session: LiveSession, by: { requestId: string } | { actionId: string }): Promise<ReadAction | undefined> {
  const sessionId = session.row.id;
  const { placed: since, version } = session;
  const [row] = 'actionId' in by
    ? await sql.rows<Row>(`${SELECT} WHERE a.id = $1 AND a.session_id = $2`, [by.actionId, sessionId])
    : await sql.rows<Row>(`${SELECT} WHERE a.request_id = $1 AND a.session_id = $2`, [by.requestId, sessionId]);
  if (!row) return undefined;
  const action = fromRow(row, version);
  remember(session, action);
  return { action, since, now: row.now, payloadId: row.final_payload_id ?? row.args_payload_id, finalDigest: row.final_digest };
}

/** The request if this session has made it before; asks the database only when memory may be short of something. */
export async function knownRequest(session: LiveSession, requestId: string): Promise<KnownAction | undefined> {
  const held = session.known.get(requestId);
  if (held && held.version === session.version) return held;
  if (!held && session.complete && !session.forgotten.has(requestId)) return undefined;
  return (await readAction(session, { requestId }))?.action;
}

/** The action of this session by its id. */
export async function knownAction(session: LiveSession, actionId: string): Promise<KnownAction | undefined> {
  const held = session.byAction.get(actionId);
  if (held && held.version === session.version) return held;
  return (await readAction(session, { actionId }))?.action;
}

function fromRow(row: Row, version: number): KnownAction {
  const decision: Decision = {
    actionId: row.id, requestId: row.request_id, digest: row.digest, decision: row.decision, code: row.code, reason: row.reason,
    rules: row.detail.rules, policyVersion: row.policy_version, findings: row.detail.findings, provenance: row.detail.provenance,
  };
  if (row.decision === 'ask' && row.approval_id && row.decide_by) decision.approval = { id: row.approval_id, decideBy: row.decide_by.toISOString(), expectedWaitMs: null };
  return {
    actionId: row.id, requestId: row.request_id, tool: row.tool, digest: row.digest, seq: Number(row.seq), agentId: row.agent_id, decision,
    permitExpiresAt: row.permit_expires_at, startedAt: row.started_at, finishedAt: row.finished_at, redeemedAt: row.redeemed_at, reservations: row.detail.reservations ?? [], version, ...(row.detail.plan ? { plan: row.detail.plan } : {}),
    ...(row.approval_id ? { approval: { id: row.approval_id, state: row.approval_state ?? 'pending', useBy: earlier(row.use_by, row.use_by_at_most), stepUp: row.route?.stepUp === true, route: row.route, owed: row.detail.obligation, ...(row.detail.owedFor ? { owedFor: row.detail.owedFor } : {}), ...(row.route?.routes && row.requested_at ? { asked: { routes: row.route.routes, at: row.requested_at } } : {}) } } : {}),
  };
}

/** The use-by is written by who decides; what it may be at most follows from what this gateway asked, which nobody else can write. */
const earlier = (useBy: Date | null, atMost: Date | null): Date | null => (useBy && atMost && useBy < atMost ? useBy : atMost);
