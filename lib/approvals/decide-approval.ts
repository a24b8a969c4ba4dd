import { authorise, hasRole } from '@/lib/access';
import { roles as knownRoles, type Actor, type Context, type Role } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { conflict, DomainError, forbidden, invalid, notFound } from '@/lib/errors';
import { sessionEvent, type NewEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { denyAction, endApproval, isStopped, lockApproval, tellApproval, type LockedApproval } from './internal';
import { fateOf, groupName, ownApproval, stillNeeded, type Holds, type Signer } from './rules';
import { decideApprovalSchema, type DecideApproval, type DecidedApproval } from './schema';

type Person = Extract<Actor, { kind: 'person' }>;
/** What the transaction settled: a view for the caller, or the refusal to throw once what it found out is on record. */
type Settled = { view: DecidedApproval } | { refusal: DomainError };

/**
 * A person's word on an approval, by compare-and-set under the row's lock: the first decides, whoever comes later is told
 * who it was and that theirs was not recorded. Throws `conflict` for that and for a digest that no longer stands.
 */
export async function decideApproval(ctx: Context, input: DecideApproval): Promise<DecidedApproval> {
  const decide = parseInput(decideApprovalSchema, input);
  authorise(ctx, decide.verdict === 'approve' ? 'approval.decide' : 'approval.deny');
  if (ctx.actor.kind !== 'person') throw forbidden('Only a person decides about an approval.');
  if (decide.args) throw invalid('/args: changing the arguments of an approval is not offered by this version. Deny it with a reason that says what to change.', [{ path: '/args', message: 'is not offered by this version' }]);
  const person = ctx.actor;
  const settled = await sqlTransaction((tx) => settle(tx, ctx, person, decide));
  if ('refusal' in settled) throw settled.refusal;
  return settled.view;
}

async function settle(tx: Sql, ctx: Context, person: Person, decide: DecideApproval): Promise<Settled> {
  const approval = await lockApproval(tx, decide.approvalId);
  if (!approval) throw notFound('There is no such approval.');
  if (approval.state !== 'pending' && approval.state !== 'partially_approved') return { refusal: decidedBefore(approval) };
  const stopped = await isStopped(tx, approval, await classesOf(tx, approval));
  const fate = fateOf({ ...approval, stopped, sessionEnded: ['closed', 'stopped'].includes(approval.sessionState) }, approval.now);
  if (fate.kind === 'cancelled' || fate.kind === 'expired') {
    await record(tx, ctx, [await endApproval(tx, approval, fate.kind === 'expired' ? { state: 'expired' } : { state: 'cancelled', reason: fate.reason })]);
    return { refusal: decidedBefore({ ...approval, state: fate.kind, cancelReason: fate.kind === 'cancelled' ? fate.reason : null, decidedAt: approval.now }) };
  }
  if (decide.digest !== approval.digest) return { refusal: conflict('The arguments changed since you looked. Your decision was not recorded; read the difference and decide again.', { why: 'stale_digest', digest: approval.digest, revision: approval.revision }) };
  return { view: decide.verdict === 'deny' ? await deny(tx, ctx, person, approval, decide.reason) : await approve(tx, ctx, person, approval, decide.reason) };
}

async function deny(tx: Sql, ctx: Context, person: Person, approval: LockedApproval, reason: string | undefined): Promise<DecidedApproval> {
  await sign(tx, approval, person, 'deny', reason);
  await tx.rows(`UPDATE approval SET state = 'denied', decided_at = $2, decided_by_id = $3, decision_reason = $4 WHERE id = $1`, [approval.id, approval.now, person.id, reason ?? null]);
  await denyAction(tx, approval.actionId, 'approval.denied', reason ? `${person.name} denied this: ${reason}` : `${person.name} denied this.`);
  await record(tx, ctx, [sessionEvent(approval.sessionId, 'approval.denied', { approvalId: approval.id, actionId: approval.actionId, digest: approval.digest, reason: reason ?? null }, { agentId: approval.agentId })]);
  await tellApproval(tx, approval);
  return { id: approval.id, state: 'denied', stillNeeded: [], useBy: null };
}

async function approve(tx: Sql, ctx: Context, person: Person, approval: LockedApproval, reason: string | undefined): Promise<DecidedApproval> {
  const { route } = approval;
  const own = ownApproval(person, approval, route);
  if (own) throw forbidden(own);
  const signer: Signer = { personId: person.id, roles: person.roles, teams: [] };
  if (!route.groups.some((group) => holds(signer, group))) throw forbidden(`This waits for ${route.groups.map((group) => `${group.quorum} of ${groupName(group)}`).join(' and ')}; you have the role ${person.roles.join(', ') || 'none'}. You can deny it.`);
  if (route.reasonRequired && !reason?.trim()) throw invalid('/reason: this route asks for a reason when it is approved.', [{ path: '/reason', message: 'is required by this route' }]);
  // Without passkeys nobody can give what the route asks for, and a rule that cannot be met is not met.
  if (route.stepUp) throw new DomainError('step_up_required', 'This route asks for a passkey at the moment of approving. It can be denied meanwhile.');
  const signers = await tx.rows<{ personId: string; roles: string[] }>(`SELECT person_id AS "personId", roles FROM approval_signature WHERE approval_id = $1 AND digest = $2 AND verdict = 'approve'`, [approval.id, approval.digest]);
  if (signers.some((one) => one.personId === person.id)) throw conflict('You have signed this already. It waits for others.', { why: 'already_signed' });
  await sign(tx, approval, person, 'approve', reason);
  const missing = stillNeeded(route.groups, [...signers.map((one) => ({ ...one, teams: [] })), signer], holds);
  const ids = { approvalId: approval.id, actionId: approval.actionId, digest: approval.digest, reason: reason ?? null };
  const events: NewEvent[] = [];
  let useBy: Date | null = null;
  if (missing.length > 0) {
    await tx.rows(`UPDATE approval SET state = 'partially_approved' WHERE id = $1`, [approval.id]);
    events.push(sessionEvent(approval.sessionId, 'approval.signed', { ...ids, stillNeeded: missing.map((group) => `${group.quorum} of ${groupName(group)}`) }, { agentId: approval.agentId }));
  } else {
    useBy = new Date(approval.now.getTime() + approval.useByMs);
    await tx.rows(`UPDATE approval SET state = 'approved', decided_at = $2, decided_by_id = $3, decision_reason = $4, use_by = $5 WHERE id = $1`, [approval.id, approval.now, person.id, reason ?? null, useBy]);
    await tx.rows(`UPDATE action SET decision = 'allow', code = 'approval.granted', reason = $2 WHERE id = $1`, [approval.actionId, `${person.name} approved this${reason ? `: ${reason}` : '.'}`]);
    events.push(sessionEvent(approval.sessionId, 'approval.granted', { ...ids, useBy: useBy.toISOString() }, { agentId: approval.agentId }));
  }
  await record(tx, ctx, events);
  await tellApproval(tx, approval);
  return { id: approval.id, state: missing.length > 0 ? 'partially_approved' : 'approved', stillNeeded: missing.map((group) => `${group.quorum} of ${groupName(group)}`), useBy: useBy?.toISOString() ?? null };
}

/** The five roles are a ladder; any other name is held or not. */
export const holds: Holds = (signer, group) => {
  if (group.role === undefined) return group.team !== undefined && signer.teams.includes(group.team);
  return (knownRoles as readonly string[]).includes(group.role) ? hasRole(signer.roles as Role[], group.role as Role) : signer.roles.includes(group.role);
};

/** Signatures are added and never changed: whoever signed and then denies has done both, and the denial is what decides. */
const sign = (tx: Sql, approval: LockedApproval, person: Person, verdict: 'approve' | 'deny', reason: string | undefined) =>
  tx.rows(
    `INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (approval_id, person_id, digest) DO NOTHING`,
    [newId(), approval.id, person.id, verdict, approval.digest, person.roles, reason ?? null, approval.now],
  );

async function classesOf(tx: Sql, approval: LockedApproval): Promise<string[]> {
  const [bundle] = await tx.rows<{ classes: string[] | null }>(
    `SELECT ARRAY(SELECT jsonb_array_elements_text(t->'classes')) AS classes
     FROM (SELECT body::jsonb AS body FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1) b, jsonb_array_elements(b.body->'tools') t WHERE t->>'name' = $1`,
    [approval.tool],
  );
  return bundle?.classes ?? [];
}

/** Told to whoever came second. */
function decidedBefore(approval: Pick<LockedApproval, 'state' | 'cancelReason' | 'decidedByName' | 'decidedAt' | 'decisionReason' | 'decidedById'>): DomainError {
  const data = { why: 'decided', state: approval.state, by: approval.decidedByName, byId: approval.decidedById, at: approval.decidedAt?.toISOString() ?? null, cancelReason: approval.cancelReason, reason: approval.decisionReason };
  const who = approval.decidedByName ?? 'Somebody';
  switch (approval.state) {
    case 'denied': return conflict(`${who} denied this before you. Your decision was not recorded.`, data);
    case 'expired': return conflict('The time to decide is over: it expired, which denies it. Your decision was not recorded.', data);
    case 'cancelled': return conflict(`It was cancelled (${(approval.cancelReason ?? '').replace('_', ' ')}). Your decision was not recorded.`, data);
    default: return conflict(`${who} approved this before you. Your decision was not recorded.`, data);
  }
}
