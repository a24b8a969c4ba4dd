import { hasRole, rightsFor } from '@/lib/access';
import { roles as knownRoles, type Actor, type Role } from '@/lib/context';
import type { Sql } from '@/lib/db';
import type { Holds, Signature } from '@/lib/quorum';
import { newId } from '@/lib/protocol/ids';
import type { LockedApproval } from './internal';
import type { Approval } from './machine';
import { approvalOf, ownApproval, mayWithdraw } from './rules';

export type Person = Extract<Actor, { kind: 'person' }>;

/** The built-in roles are a ladder; any other name, a team and a call is held or not, and an address is somebody's or not. */
export const holds: Holds = (signer, group) => {
  if (group.onCall !== undefined) return (signer.onCall ?? []).includes(group.onCall);
  if (group.person !== undefined) return signer.email?.toLowerCase() === group.person;
  if (group.role === undefined) return group.team !== undefined && signer.teams.includes(group.team);
  return (knownRoles as readonly string[]).includes(group.role) ? hasRole(signer.roles as Role[], group.role as Role) : signer.roles.includes(group.role);
};

/**
 * What a person brings to a question asked at `since`: roles, the organisation's own among them, teams, and what they are on call for. Rights
 * that they were given after it was asked don't count for a while; a call that they gave themselves after it was asked doesn't at all.
 */
export function signatureOf(person: Person, since: Date, now: Date): Signature {
  const { roles, customRoles, teams } = rightsFor(person, since, now);
  return { personId: person.id, roles: [...roles, ...customRoles.map((role) => role.name)], teams: [...teams], email: person.email, onCall: [...new Set((person.onCall ?? []).filter(({ bySelf, since: taken }) => !bySelf || taken < since).map(({ name }) => name))] };
}

/** Where the approval stands, with the signatures under the arguments that stand, whoever may not count for their own, and who wrote arguments anew. */
export async function readStanding(tx: Sql, approval: LockedApproval, person: Person): Promise<Approval> {
  const rows = await tx.rows<Signature & { email: string }>(
    `SELECT g.person_id AS "personId", g.roles, g.teams, g.on_call AS "onCall", n.email FROM approval_signature g JOIN person n ON n.id = g.person_id WHERE g.approval_id = $1 AND g.digest = $2 AND g.revision = $3 AND g.verdict = 'approve' ORDER BY g.at`, [approval.id, approval.digest, approval.revision],
  );
  const authors = await tx.rows<{ id: string }>(`SELECT DISTINCT person_id AS id FROM approval_change WHERE approval_id = ANY($1::uuid[]) AND kind = 'replacement' ORDER BY 1`, [[approval.id, ...(approval.asksAgain ? [approval.asksAgain] : [])]]);
  const excluded = [...rows.map((one) => ({ id: one.personId, email: one.email })), person].flatMap((one) => {
    const because = ownApproval(one, approval, approval.route);
    return because ? [{ personId: one.id, because }] : [];
  });
  return approvalOf(approval, rows, { excluded, authors: authors.map(({ id }) => id), own: mayWithdraw(person, approval) ? [person.id] : [] });
}

/** Signatures are added and never changed: whoever signed and then denies has done both, and the denial is what decides. */
export async function addSignature(tx: Sql, approval: LockedApproval, { personId, roles, teams, onCall }: Signature, given: { verdict: 'approve' | 'deny'; reason: string | undefined; assertion?: unknown }): Promise<void> {
  await tx.rows(
    `INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, teams, reason, assertion, at, on_call, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (approval_id, person_id, digest, revision) DO NOTHING`,
    [newId(), approval.id, personId, given.verdict, approval.digest, [...roles], [...teams], given.reason ?? null, given.assertion === undefined ? null : JSON.stringify(given.assertion), approval.now, [...(onCall ?? [])], approval.revision],
  );
}
