import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { sessionEvent, sessionStream, type NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import type { SealedText } from '@/lib/payloads';
import type { LockedApproval } from './internal';
import type { PreparedChange } from './prepare-change';
import { covers, rebound } from './rebind';
import type { AskedRoute } from './schema';
import { shapeOf } from './shape';
import type { Person } from './signatures';
import { escalateAt } from './take-up';

/** Events after which a change is to be judged once more: texts that arguments can come from, and what holds the session to less. */
const MOVES = ['input.added', 'action.finished', 'plan.submitted', 'approval.changed', 'session.constrained', 'session.unconstrained'];

/** Whether the session has learned something since the change was judged. Asked under its stream's lock. */
export async function movedSince(tx: Sql, sessionId: string, { judged }: PreparedChange): Promise<boolean> {
  const rows = await tx.rows('SELECT 1 FROM log.event WHERE stream = $1 AND seq > $2 AND type = ANY($3::text[]) LIMIT 1', [sessionStream(sessionId), judged.knownTo, MOVES]);
  return rows.length > 0;
}

/** The route's terms once these arguments stand: what was asked for, and all that the rules ask for more. */
export function routeAfter(route: AskedRoute, { judged }: PreparedChange): AskedRoute {
  return judged.obligation && !covers(route, judged.obligation) ? rebound(route, judged.obligation) : route;
}

/** Writes the new arguments: their digest binds from here on, and whatever was signed before was signed for others. Returns the approval as it is then. */
export async function writeChange(tx: Sql, ctx: Context, person: Person, approval: LockedApproval, change: PreparedChange, route: AskedRoute): Promise<{ approval: LockedApproval; event: NewEvent }> {
  const { comparison, judged, from, to, sealed, typed } = change;
  const revision = approval.revision + 1;
  const title = judged.sentence.title.slice(0, 1_000);
  const stricter = route !== approval.route;
  // How far up it was sent is said of the ladder that was asked for: on another one the same number would let those in early whom nobody sent for.
  const tier = stricter ? 0 : approval.tier;
  for (const payload of [sealed, ...(typed ? [typed] : [])]) await addPayload(tx, payload, approval.now);
  // Whom a stricter route asks, and whether they can meet it, is looked at anew; so is who is left beside an author.
  await tx.rows(
    `UPDATE approval SET digest = $2, revision = $3, state = 'pending', title = $4, route = $5, risk = $6, sentence = CASE WHEN $7::boolean THEN $8 ELSE sentence END, rule_ids = CASE WHEN $7::boolean THEN $9::text[] ELSE rule_ids END, policy_version = $10, shape = $11, tier = $13, escalate_at = CASE WHEN $7::boolean THEN $12 ELSE escalate_at END, route_judged_at = CASE WHEN $7::boolean OR $14::boolean THEN NULL ELSE route_judged_at END WHERE id = $1`,
    [approval.id, to.digest, revision, title, JSON.stringify(route), route.risk, stricter, judged.reason, judged.rules.filter((rule) => rule.effect === 'ask').map((rule) => rule.id), judged.policyVersion, shapeOf(to.args), escalateAt({ ...approval, route, tier }, approval.now), tier, comparison.kind === 'replacement'],
  );
  await tx.rows('UPDATE action SET final_digest = $2, final_payload_id = $3 WHERE id = $1', [approval.actionId, to.digest, sealed.ref.payloadId]);
  await tx.rows(
    `INSERT INTO approval_change (id, approval_id, revision, kind, person_id, steps, from_digest, to_digest, from_payload_id, to_payload_id, findings, provenance, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [newId(), approval.id, revision, comparison.kind, person.id, JSON.stringify(comparison.steps), from.digest, to.digest, from.payloadId, sealed.ref.payloadId, JSON.stringify(judged.findings), JSON.stringify(judged.provenance), approval.now],
  );
  const event = sessionEvent(approval.sessionId, 'approval.changed', {
    approvalId: approval.id, actionId: approval.actionId, tool: approval.tool, kind: comparison.kind as 'narrowing' | 'replacement', revision, fromDigest: from.digest, digest: to.digest, steps: comparison.steps, title,
    args: sealed.ref, ...(typed ? { content: typed.ref } : {}), policyVersion: judged.policyVersion, rules: [...judged.rules], ...(stricter ? { routes: [...route.routes], groups: route.groups } : {}),
  }, { agentId: approval.agentId });
  return { approval: { ...approval, state: 'pending', digest: to.digest, revision, title, route, tier, useByMs: Math.min(approval.useByMs, route.useByMs) }, event };
}

const addPayload = (tx: Sql, { row }: SealedText, now: Date) => tx.rows(
  `INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes, created_at) VALUES ($1, $2, $3, decode($4, 'base64'), decode($5, 'base64'), $6, $7, $8)`,
  [row.id, row.session_id, row.kind, row.sealed, row.salt, row.mac, row.bytes, now],
);
