import { hasRole, rightsFor } from '@/lib/access';
import { roles as knownRoles, type Actor, type Role } from '@/lib/context';
import type { Sql } from '@/lib/db';
import type { Holds, Quorum, Signature } from '@/lib/quorum';
import { newId } from '@/lib/protocol/ids';
import type { LockedApproval } from './internal';
import { ownApproval, quorumOf } from './rules';

export type Person = Extract<Actor, { kind: 'person' }>;

/** The built-in roles are a ladder; any other name, and a team, is held or not. */
export const holds: Holds = (signer, group) => {
  if (group.role === undefined) return group.team !== undefined && signer.teams.includes(group.team);
  return (knownRoles as readonly string[]).includes(group.role) ? hasRole(signer.roles as Role[], group.role as Role) : signer.roles.includes(group.role);
};

/** What a person brings to a question asked at `since`: roles, the organisation's own among them, and teams. What they were given after it was asked doesn't count for a while. */
export function signatureOf(person: Person, since: Date, now: Date): Signature {
  const { roles, customRoles, teams } = rightsFor(person, since, now);
  return { personId: person.id, roles: [...roles, ...customRoles.map((role) => role.name)], teams: [...teams] };
}

/** Where the approval stands, with the signatures under the arguments that stand, and whoever may not count for their own. */
export async function readQuorum(tx: Sql, approval: LockedApproval, person: Person): Promise<Quorum> {
  const rows = await tx.rows<Signature & { email: string }>(
    `SELECT g.person_id AS "personId", g.roles, g.teams, n.email FROM approval_signature g JOIN person n ON n.id = g.person_id WHERE g.approval_id = $1 AND g.digest = $2 AND g.verdict = 'approve' ORDER BY g.at`, [approval.id, approval.digest],
  );
  const excluded = [...rows.map((one) => ({ id: one.personId, email: one.email })), person].flatMap((one) => {
    const because = ownApproval(one, approval, approval.route);
    return because ? [{ personId: one.id, because }] : [];
  });
  return quorumOf(approval, rows.map(({ email: _, ...signature }) => signature), excluded);
}

/** Signatures are added and never changed: whoever signed and then denies has done both, and the denial is what decides. */
export async function addSignature(tx: Sql, approval: LockedApproval, { personId, roles, teams }: Signature, given: { verdict: 'approve' | 'deny'; reason: string | undefined; assertion?: unknown }): Promise<void> {
  await tx.rows(
    `INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, teams, reason, assertion, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (approval_id, person_id, digest) DO NOTHING`,
    [newId(), approval.id, personId, given.verdict, approval.digest, [...roles], [...teams], given.reason ?? null, given.assertion === undefined ? null : JSON.stringify(given.assertion), approval.now],
  );
}
