import type { z } from 'zod';
import { sql } from '@/lib/db';
import { behaviourViewSchema, type BehaviourView } from '@/lib/behaviour/schema';
import { parseInput } from '@/lib/parse-input';
import type { Finding, Provenance, RuleHit } from '@/lib/protocol/decision';
import { readStream, sessionStream, type LoggedEvent } from '@/lib/log';
import type { Context } from '@/lib/context';
import { readPayloadsFor, type Erased, type ShownPayload } from '@/lib/payloads';
import { idSchema, shortId } from '@/lib/protocol/ids';
import { stoppedApprovals } from '@/lib/switches';
import { changesOf, type ArgumentChange } from './difference';
import { enoughSigned, SIGNERS, type Signer } from './enough';
import { approvalFilterSchema, askedRouteSchema, type ApprovalStateName, type AskedRoute } from './schema';

/** One line of the queue. */
export type ApprovalSummary = {
  id: string; actionId: string; sessionId: string; agentId: string; agentName: string; tool: string; title: string; state: ApprovalStateName; cancelReason: string | null; risk: AskedRoute['risk'];
  tainted: boolean; route: AskedRoute; requestedAt: string; decideBy: string; useBy: string | null; decidedAt: string | null; decidedBy: string | null; decisionReason: string | null; usedAt: string | null;
  signed: number; signedBy: string[]; /** Enough have signed since a tier was reached, and one more yes grants it: also of one of them. */ enough: boolean; /** Who wrote arguments anew, and agrees to them no more. */ authors: string[]; tier: number; unmet: string | null; digest: string; ownerId: string | null; principalType: string | null; principalId: string | null; principalVerified: boolean;
};

export type SummaryRow = Omit<ApprovalSummary, 'requestedAt' | 'decideBy' | 'useBy' | 'decidedAt' | 'usedAt' | 'enough'> & { signers: Signer[] | null; requestedAt: Date; decideBy: Date; useBy: Date | null; decidedAt: Date | null; usedAt: Date | null; stopped: boolean };

/** What a line of a list is made of, over `approval p`, `agent a`, `session s` and `person d`. */
export const SUMMARY_COLUMNS = `p.id, p.action_id AS "actionId", p.session_id AS "sessionId", p.agent_id AS "agentId", a.name AS "agentName", p.tool, p.title, p.state, p.cancel_reason AS "cancelReason", p.risk, p.route, p.tier, p.unmet, p.digest,
  p.requested_at AS "requestedAt", p.decide_by AS "decideBy", p.use_by AS "useBy", p.decided_at AS "decidedAt", d.name AS "decidedBy", p.decision_reason AS "decisionReason", p.used_at AS "usedAt",
  (SELECT count(*)::int FROM approval_signature g WHERE g.approval_id = p.id AND g.verdict = 'approve' AND g.digest = p.digest AND g.revision = p.revision) AS signed,
  ARRAY(SELECT g.person_id::text FROM approval_signature g WHERE g.approval_id = p.id AND g.verdict = 'approve' AND g.digest = p.digest AND g.revision = p.revision) AS "signedBy",
  ${SIGNERS} AS signers,
  EXISTS (SELECT 1 FROM action x, jsonb_array_elements(coalesce((SELECT c.findings FROM approval_change c WHERE c.approval_id IN (p.id, p.asks_again) ORDER BY c.at DESC, c.revision DESC LIMIT 1), x.detail->'findings')) f WHERE x.id = p.action_id AND f->>'kind' = 'untrusted_argument') AS tainted,
  ARRAY(SELECT DISTINCT c.person_id::text FROM approval_change c WHERE c.approval_id IN (p.id, p.asks_again) AND c.kind = 'replacement') AS authors,
  a.owner_id AS "ownerId", s.principal_type AS "principalType", s.principal_id AS "principalId", s.principal_verified AS "principalVerified"`;
/** `stopped`: a condition that holds where a standing stop has ended what is still open, also before that is worked off. */
const summary = (stopped: string) => `
SELECT ${stopped} AS stopped, ${SUMMARY_COLUMNS}
FROM approval p JOIN agent a ON a.id = p.agent_id JOIN session s ON s.id = p.session_id LEFT JOIN person d ON d.id = p.decided_by_id`;

const STATES: Record<string, readonly string[]> = {
  open: ['pending', 'partially_approved', 'approved'], waiting: ['pending', 'partially_approved'], decided: ['approved', 'used', 'unused_expired', 'denied', 'expired', 'cancelled'],
};

/** Whether a row is open and lies in a stopped scope, for the SQL of a list; parameters from `$first` on. */
async function endedByStop(first: number): Promise<{ text: string; params: unknown[] }> {
  const ended = await stoppedApprovals(sql, first);
  return ended ? { text: `(p.state IN ('pending', 'partially_approved', 'approved') AND ${ended.text})`, params: ended.params } : { text: 'false', params: [] };
}

/** Approvals: what waits by time left, everything else the newest first (`after`: the last id of the page before). What a stop has ended is cancelled here and nothing else, so that no page comes short of it. */
export async function listApprovals(filter: z.input<typeof approvalFilterSchema> = {}): Promise<ApprovalSummary[]> {
  const { state, sessionId, after, limit } = parseInput(approvalFilterSchema, filter);
  const states = state === undefined ? null : (STATES[state] ?? [state]);
  const stopped = await endedByStop(6);
  // What waits is not waiting any more once its time is over, even before the clock's own process has said so.
  const rows = await sql.rows<SummaryRow>(
    `${summary(stopped.text)} WHERE ($1::text[] IS NULL OR (p.state = ANY($1) AND NOT ${stopped.text}) OR ('cancelled' = ANY($1) AND ${stopped.text}))
     AND ($2::uuid IS NULL OR p.session_id = $2) AND ($3::uuid IS NULL OR ${state === 'waiting' ? '(p.decide_by, p.id) > (SELECT l.decide_by, l.id FROM approval l WHERE l.id = $3)' : 'p.id < $3'})
     AND ($5::boolean IS FALSE OR p.decide_by > clock_timestamp())
     ORDER BY ${state === 'waiting' ? 'p.decide_by, p.id' : 'p.id DESC'} LIMIT $4`,
    [states, sessionId ?? null, after ?? null, limit, state === 'waiting', ...stopped.params],
  );
  return rows.map(toSummary);
}

export async function countApprovals(): Promise<{ waiting: number; decided: number }> {
  const stopped = await endedByStop(1);
  const waits = `p.state IN ('pending', 'partially_approved')`;
  const [row] = await sql.rows<{ waiting: number; decided: number }>(
    `SELECT count(*) FILTER (WHERE ${waits} AND p.decide_by > clock_timestamp() AND NOT ${stopped.text})::int AS waiting, count(*) FILTER (WHERE NOT ${waits} OR (p.decide_by > clock_timestamp() AND ${stopped.text}))::int AS decided
     FROM approval p ${stopped.params.length > 0 ? 'JOIN session s ON s.id = p.session_id' : ''}`, stopped.params,
  );
  return row!;
}

/** Whose it is and whether it waits: what is known of an approval without opening its arguments. */
export async function approvalStanding(id: string): Promise<{ sessionId: string; state: ApprovalStateName; decideBy: string } | undefined> {
  const [row] = await sql.rows<{ sessionId: string; state: ApprovalStateName; decideBy: Date }>('SELECT session_id AS "sessionId", state, decide_by AS "decideBy" FROM approval WHERE id = $1', [parseInput(idSchema, id)]);
  return row && { ...row, decideBy: row.decideBy.toISOString() };
}

/** Everything that the card shows. Arguments are what the gate decoded and the digest binds; null once they were erased. */
export type ApprovalDetail = ApprovalSummary & {
  session: { id: string; shortId: string; state: string; enforcement: string; lostAt: string | null; purpose: string; principalName: string | null; principalVerified: boolean };
  instanceId: string; sentence: string; ruleIds: string[]; policyVersion: string; revision: number; simulated: boolean;
  /** How many detected secrets are hidden in `args`; and on whose word they were erased, where they were. */
  argsPayloadId: string | null; hiddenSecrets: number; erased: Erased | null;
  /** What approvers made of the arguments, the first change first; and what the agent had asked for, where there was one. */
  changes: ArgumentChange[]; askedArgs: Record<string, unknown> | null;
  args: Record<string, unknown> | null; rationale: string | null; provenance: Provenance; findings: Finding[]; rules: RuleHit[]; seq: number;
  sources: Record<number, { label: string; type: string }>;
  signatures: { personId: string; name: string; verdict: 'approve' | 'deny'; at: string; reason: string | null; roles: string[]; teams: string[]; onCall: string[]; email: string }[];
  precedents: { id: string; title: string; state: ApprovalStateName; decidedBy: string | null; requestedAt: string; decidedAt: string | null }[];
  /** How it differed from what its agent usually does, as it was known when it was asked; null for what was asked before that was looked at. */
  behaviour: BehaviourView | null;
  nearby: LoggedEvent[];
};

/** For whoever `ctx` is: that they read the arguments is on the record, and detected secrets in them are hidden. */
export async function getApproval(ctx: Context, id: string): Promise<ApprovalDetail | undefined> {
  const stopped = await endedByStop(2);
  const [summaryRow] = await sql.rows<SummaryRow>(`${summary(stopped.text)} WHERE p.id = $1`, [id, ...stopped.params]);
  if (!summaryRow) return undefined;
  const facts = toSummary(summaryRow);
  const [more] = await sql.rows<{
    instanceId: string; sentence: string; ruleIds: string[]; policyVersion: string; revision: number; simulated: boolean; seq: bigint; argsId: string | null; detail: { rules: RuleHit[]; findings: Finding[]; provenance: Provenance; rationale: string | null; behaviour?: unknown };
    state: string; enforcement: string; lostAt: Date | null; purpose: string; principalName: string | null; principalVerified: boolean;
  }>(
    `SELECT s.instance_id AS "instanceId", p.sentence, p.rule_ids AS "ruleIds", p.policy_version AS "policyVersion", p.revision, a.simulated, x.seq, coalesce(x.final_payload_id, x.args_payload_id) AS "argsId", x.detail,
       s.state, s.enforcement, s.lost_at AS "lostAt", s.purpose, s.principal_name AS "principalName", s.principal_verified AS "principalVerified"
     FROM approval p JOIN action x ON x.id = p.action_id JOIN session s ON s.id = p.session_id JOIN agent a ON a.id = p.agent_id WHERE p.id = $1`, [id],
  );
  if (!more) return undefined;
  const seq = Number(more.seq);
  const changes = await changesOf(id);
  const [first, last] = [changes[0], changes.at(-1)];
  const { provenance, findings } = last ?? more.detail;
  const [signatures, precedents, nearby, payloads] = await Promise.all([
    sql.rows<{ personId: string; name: string; verdict: 'approve' | 'deny'; at: Date; reason: string | null; roles: string[]; teams: string[]; onCall: string[]; email: string }>(
      `SELECT g.person_id AS "personId", n.name, g.verdict, g.at, g.reason, g.roles, g.teams, g.on_call AS "onCall", n.email FROM approval_signature g JOIN person n ON n.id = g.person_id WHERE g.approval_id = $1 AND g.digest = $2 AND g.revision = $3 ORDER BY g.at`, [id, facts.digest, more.revision]),
    sql.rows<{ id: string; title: string; state: ApprovalStateName; decidedBy: string | null; requestedAt: Date; decidedAt: Date | null }>(
      `SELECT p.id, p.title, p.state, d.name AS "decidedBy", p.requested_at AS "requestedAt", p.decided_at AS "decidedAt" FROM approval p LEFT JOIN person d ON d.id = p.decided_by_id
       WHERE p.agent_id = $1 AND p.tool = $2 AND p.id <> $3 AND p.state IN ('approved', 'used', 'unused_expired', 'denied', 'expired') ORDER BY p.requested_at DESC LIMIT 5`, [facts.agentId, facts.tool, id]),
    readStream(sessionStream(facts.sessionId), Math.max(0, seq - 6), 8),
    readPayloadsFor(ctx, { sessionId: facts.sessionId, payloadIds: [more.argsId, more.detail.rationale, first?.fromPayloadId].filter((one): one is string => typeof one === 'string'), why: `approval ${facts.id}` }),
  ]);
  const shown = more.argsId === null ? undefined : payloads.get(more.argsId);
  const args = valueOf(shown);
  const rationale = more.detail.rationale ? valueOf(payloads.get(more.detail.rationale)) : undefined;
  return {
    ...facts,
    session: { id: facts.sessionId, shortId: shortId(facts.sessionId), state: more.state, enforcement: more.enforcement, lostAt: more.lostAt?.toISOString() ?? null, purpose: more.purpose, principalName: more.principalName, principalVerified: more.principalVerified },
    instanceId: more.instanceId, sentence: more.sentence, ruleIds: more.ruleIds, policyVersion: more.policyVersion, revision: more.revision, simulated: more.simulated, seq,
    args: recordOf(args), changes, askedArgs: first ? recordOf(valueOf(payloads.get(first.fromPayloadId))) : null,
    argsPayloadId: more.argsId, hiddenSecrets: shown?.kind === 'text' ? shown.hidden : 0, erased: shown?.kind === 'erased' ? { at: shown.at, by: shown.by, why: shown.why } : null,
    rationale: more.detail.rationale ? String(rationale ?? '') : null,
    provenance, findings, rules: more.detail.rules, sources: await sourcesOf(facts.sessionId, provenance),
    signatures: signatures.map((one) => ({ ...one, at: one.at.toISOString() })),
    precedents: precedents.map((one) => ({ ...one, requestedAt: one.requestedAt.toISOString(), decidedAt: one.decidedAt?.toISOString() ?? null })),
    behaviour: behaviourViewSchema.safeParse(more.detail.behaviour).data ?? null, nearby,
  };
}

const recordOf = (value: unknown): Record<string, unknown> | null => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null);
const valueOf = (shown: ShownPayload | undefined): unknown => (shown?.kind === 'text' ? shown.value : undefined);

/** What each source that provenance points to is called: an input's own source, or the call whose result it was. */
async function sourcesOf(sessionId: string, provenance: Provenance): Promise<ApprovalDetail['sources']> {
  const seqs = [...new Set(Object.values(provenance).flatMap((one) => [...(one.seq === undefined ? [] : [one.seq]), ...one.also.map((other) => other.seq)]))].slice(0, 100);
  if (seqs.length === 0) return {};
  const rows = await sql.rows<{ seq: bigint; body: string }>('SELECT seq, body FROM log.event WHERE stream = $1 AND seq = ANY($2::bigint[])', [`session/${sessionId}`, seqs]);
  const events = rows.map((row) => ({ seq: Number(row.seq), ...(JSON.parse(row.body) as { type: string; data: { source?: string | null; origin?: string; tool?: string; actionId?: string } }) }));
  const calls = await sql.rows<{ id: string; title: string | null }>(`SELECT id, detail->>'title' AS title FROM action WHERE id = ANY($1::uuid[])`, [events.flatMap(({ data }) => data.actionId ?? [])]);
  const titles = new Map(calls.map((call) => [call.id, call.title]));
  return Object.fromEntries(events.map(({ seq, type, data }) => {
    const call = data.actionId === undefined ? undefined : titles.get(data.actionId);
    return [seq, { type, label: data.source ?? call ?? (type === 'plan.submitted' ? 'the plan' : type === 'approval.changed' ? 'an approver’s own words' : data.tool ? `the result of ${data.tool}` : (data.origin ?? 'a text')) }];
  }));
}

export function toSummary<Row extends SummaryRow>({ stopped, signers, ...row }: Row): Omit<Row, keyof SummaryRow> & ApprovalSummary {
  const facts: Omit<SummaryRow, 'stopped' | 'signers'> = row;
  const route = askedRouteSchema.parse(facts.route);
  return {
    ...row, ...(stopped ? { state: 'cancelled' as const, cancelReason: 'stopped' } : {}), route, enough: enoughSigned({ ...facts, route, signers }, new Date()), requestedAt: facts.requestedAt.toISOString(), decideBy: facts.decideBy.toISOString(),
    useBy: facts.useBy?.toISOString() ?? null, decidedAt: facts.decidedAt?.toISOString() ?? null, usedAt: facts.usedAt?.toISOString() ?? null,
  } as Omit<Row, keyof SummaryRow> & ApprovalSummary;
}
