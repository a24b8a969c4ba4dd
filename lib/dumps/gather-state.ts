import type { Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { sessionStream } from '@/lib/log';
import { openValue } from '@/lib/payloads';
import { boundContext } from './rules';
import type { ContextEntry } from './schema';

const MOST_TEXTS = 500;
const MOST_ROWS = 500;

type Place = { toSeq: number; head: string };
type Texts = (payloadIds: readonly (string | null | undefined)[]) => Promise<Map<string, { value: unknown; createdAt: Date }>>;
type Logged = { seq: number; type: string; data: { origin?: string; source?: string | null; tool?: string; planId?: string; verdict?: string; content?: { payloadId: string }; output?: { payloadId: string } | null } };

/**
 * Everything that is known of a stopped session, as one value: what it had read, its plan, what waited for a person, its calls with
 * their permits, its credentials by id and end, and which part of the record this is about. Never a secret. `oldest`: of the texts in it.
 */
export async function gatherState(tx: Sql, sessionId: string, orderId: string, place: Place, dataKey: Buffer): Promise<{ value: Record<string, unknown>; oldest: Date | null; counts: { context: number; pending: number; permits: number } }> {
  const texts = textsOf(tx, sessionId, dataKey);
  const [about] = await tx.rows<Record<string, unknown>>(ABOUT, [sessionId, orderId]);
  const logged = await events(tx, sessionId);
  const found = await texts(logged.map(payloadOf));
  const plan = logged.filter(({ type }) => type === 'plan.submitted').at(-1);
  const entries = logged.filter(({ type }) => type !== 'plan.submitted').map((event): ContextEntry => ({
    seq: event.seq, kind: event.type === 'input.added' ? 'input' : 'output', origin: event.data.origin ?? 'tool', source: event.data.source ?? null, tool: event.data.tool ?? null, text: found.get(payloadOf(event) ?? '')?.value ?? null,
  }));
  const context = boundContext(entries);
  const pending = await tx.rows<{ args: string | null } & Record<string, unknown>>(PENDING, [sessionId]);
  const args = await texts(pending.map((one) => one.args));
  const calls = await tx.rows<Record<string, unknown>>(CALLS, [sessionId]);
  const credentials = await tx.rows<Record<string, unknown>>(CREDENTIALS, [sessionId]);
  const dates = [...found.values(), ...args.values()].map(({ createdAt }) => createdAt.getTime());
  return {
    value: plain({
      version: 1, ...about,
      log: { stream: sessionStream(sessionId), fromSeq: 1, ...place },
      context: { ...context, onlyTheNewest: logged.length === MOST_TEXTS ? MOST_TEXTS : null },
      plan: plan ? { seq: plan.seq, planId: plan.data.planId, verdict: plan.data.verdict, steps: found.get(payloadOf(plan) ?? '')?.value ?? null } : null,
      pending: pending.map(({ args: id, ...one }) => ({ ...one, args: (id && args.get(id)?.value) ?? null })),
      calls, credentials: { list: credentials, accessTokens: `none is kept; each that was out ends within ${env().tokenSeconds} s of the stop` },
    }),
    oldest: dates.length === 0 ? null : new Date(Math.min(...dates)),
    counts: { context: entries.length, pending: pending.length, permits: calls.filter((call) => call.permitExpiresAt !== null).length },
  };
}

const payloadOf = ({ data }: Logged) => data.content?.payloadId ?? data.output?.payloadId;

async function events(tx: Sql, sessionId: string): Promise<Logged[]> {
  const rows = await tx.rows<{ seq: bigint; type: string; body: string }>(`SELECT seq, type, body FROM log.event WHERE stream = $1 AND type IN ('input.added', 'action.finished', 'plan.submitted') ORDER BY seq DESC LIMIT ${MOST_TEXTS}`, [sessionStream(sessionId)]);
  return rows.reverse().map(({ seq, type, body }) => ({ seq: Number(seq), type, data: (JSON.parse(body) as Pick<Logged, 'data'>).data }));
}

/** Opened here, under the lock that an erasure waits for: what is in the dump is gone with the rest. */
const textsOf = (tx: Sql, sessionId: string, dataKey: Buffer): Texts => async (payloadIds) => {
  const rows = await tx.rows<{ id: string; kind: string; sealed: Uint8Array | null; createdAt: Date }>(
    'SELECT id, kind, sealed, created_at AS "createdAt" FROM payload WHERE session_id = $1 AND id = ANY($2::uuid[])', [sessionId, payloadIds.filter((id) => typeof id === 'string')],
  );
  return new Map(rows.flatMap((row) => {
    const value = openValue(sessionId, dataKey, row);
    return value === undefined ? [] : [[row.id, { value, createdAt: row.createdAt }] as const];
  }));
};

/** Rows as JSON has them: times as text, counts as numbers. */
const plain = (value: Record<string, unknown>) => JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))) as Record<string, unknown>;

const ABOUT = `
SELECT json_build_object('id', s.id, 'agentId', s.agent_id, 'agent', a.name, 'instanceId', s.instance_id, 'instance', i.name, 'host', i.host, 'version', i.version, 'generation', s.generation, 'enforcement', s.enforcement,
    'purpose', s.purpose, 'principal', CASE WHEN s.principal_id IS NULL THEN NULL ELSE json_build_object('type', s.principal_type, 'id', s.principal_id, 'name', s.principal_name, 'verified', s.principal_verified) END,
    'model', s.model, 'parentSessionId', s.parent_session_id, 'metadata', s.metadata, 'untrustedSeen', s.untrusted_seen, 'openedAt', s.opened_at, 'stoppedAt', s.ended_at, 'leaseExpiresAt', i.lease_expires_at) AS session,
  (SELECT json_build_object('orderId', o.id, 'scope', o.scope, 'target', o.target, 'environment', o.environment, 'reason', o.reason, 'drill', o.drill, 'engagedAt', o.engaged_at, 'engagedBy', o.engaged_by) FROM switch_order o WHERE o.id = $2) AS stop
FROM session s JOIN agent a ON a.id = s.agent_id JOIN instance i ON i.id = s.instance_id WHERE s.id = $1`;

const PENDING = `
SELECT p.id AS "approvalId", p.action_id AS "actionId", p.tool, p.title, p.risk, p.sentence, p.digest, p.requested_at AS "requestedAt", p.decide_by AS "decideBy", p.state,
  (SELECT count(*)::int FROM approval_signature g WHERE g.approval_id = p.id AND g.digest = p.digest AND g.revision = p.revision) AS signed, coalesce(x.final_payload_id, x.args_payload_id)::text AS args
FROM approval p JOIN action x ON x.id = p.action_id WHERE p.session_id = $1 AND (p.cancel_reason = 'stopped' OR p.state IN ('pending', 'partially_approved', 'approved')) ORDER BY p.requested_at LIMIT ${MOST_ROWS}`;

const CALLS = `
SELECT x.id AS "actionId", x.tool, x.digest, x.decision, x.code, x.decided_at AS "decidedAt", x.permitted_at AS "permittedAt", x.permit_expires_at AS "permitExpiresAt", x.redeemed_at AS "redeemedAt",
  x.started_at AS "startedAt", x.finished_at AS "finishedAt", x.result_status AS "resultStatus" FROM action x WHERE x.session_id = $1 ORDER BY x.seq DESC LIMIT ${MOST_ROWS}`;

const CREDENTIALS = `
SELECT c.id, c.kind, c."expiresAt" FROM session s, LATERAL (
  SELECT t.id::text, 'secret' AS kind, t.expires_at AS "expiresAt" FROM agent_secret t WHERE t.agent_id = s.agent_id AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())
  UNION ALL SELECT k.kid, 'key', NULL FROM agent_key k WHERE k.agent_id = s.agent_id) c WHERE s.id = $1 ORDER BY c.kind, c.id`;
