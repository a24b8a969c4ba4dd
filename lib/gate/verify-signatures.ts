import { relyingParty, verifyAssertion } from '@/lib/access';
import { holds } from '@/lib/approvals';
import { approvalSubject, codeCounts, groupName, ownApproval, stillNeeded } from '@/lib/approvals/rules';
import { askedRouteSchema } from '@/lib/approvals/schema';
import { sql } from '@/lib/db';
import { assertionSchema, codeProofSchema } from '@/lib/log';
import type { Signature } from '@/lib/quorum';

type Row = Signature & { assertion: unknown; active: boolean; email: string; held: string[]; heldTeams: string[]; passkeyId: string | null; credentialId: string | null; publicKey: Buffer | null };

/**
 * Why the signatures under a granted approval do not prove it, or null when they do. Believes nothing that the console wrote: each counts only
 * with an assertion over this approval and these arguments, by a passkey that is its person's now, with roles and teams that person has now, with calls that person had when they signed,
 * and not for a question of that person's own, nor for arguments that person wrote anew.
 */
export async function whyUnproven(approvalId: string, digest: string): Promise<string | null> {
  const [approval] = await sql.rows<{ route: unknown; tier: number; revision: number; requestedAt: Date; now: Date; principalType: string | null; principalId: string | null; principalVerified: boolean; ownerId: string | null }>(
    `SELECT p.route, p.tier, p.revision, p.requested_at AS "requestedAt", clock_timestamp() AS now, s.principal_type AS "principalType", s.principal_id AS "principalId", s.principal_verified AS "principalVerified", a.owner_id AS "ownerId" FROM approval p JOIN session s ON s.id = p.session_id JOIN agent a ON a.id = p.agent_id WHERE p.id = $1`, [approvalId],
  );
  if (!approval) return 'There is no such approval.';
  const route = askedRouteSchema.parse(approval.route);
  const rows = await sql.rows<Row>(
    `SELECT g.person_id AS "personId", g.roles, g.teams, g.assertion,
       ARRAY(SELECT r.name FROM on_call_shift s JOIN on_call_rota r ON r.id = s.rota_id WHERE s.person_id = g.person_id AND r.name = ANY(g.on_call) AND s.from_at <= g.at AND coalesce(s.ended_at, s.until_at, 'infinity') > g.at
         AND NOT (s.given_by->>'id' = g.person_id::text AND s.from_at >= $3)) AS "onCall", coalesce(n.state = 'active', false) AS active, coalesce(n.email, '') AS email, coalesce(n.roles, '{}') AS held,
       ARRAY(SELECT t.name FROM team_member m JOIN team t ON t.id = m.team_id WHERE m.person_id = g.person_id AND t.archived_at IS NULL) AS "heldTeams", k.id AS "passkeyId", k.credential_id AS "credentialId", k.public_key AS "publicKey"
     FROM approval_signature g LEFT JOIN person n ON n.id = g.person_id LEFT JOIN passkey k ON k.credential_id = g.assertion->>'credentialId' AND k.person_id = g.person_id AND k.revoked_at IS NULL
     WHERE g.approval_id = $1 AND g.digest = $2 AND g.revision = $4 AND g.verdict = 'approve'
       AND NOT EXISTS (SELECT 1 FROM approval_change c WHERE c.approval_id IN (SELECT unnest(ARRAY[p.id, p.asks_again]) FROM approval p WHERE p.id = g.approval_id) AND c.person_id = g.person_id AND c.kind = 'replacement') ORDER BY g.at`, [approvalId, digest, approval.requestedAt, approval.revision],
  );
  const proven: Signature[] = [];
  for (const row of rows) {
    const { personId } = row;
    if (ownApproval({ id: personId, email: row.email }, approval, route) !== null || !(await isProven(row, approvalId, digest, codeCounts(route)))) continue;
    proven.push({ personId, roles: row.roles.filter((role) => holds({ personId, roles: row.held, teams: [] }, { role })), teams: row.teams.filter((team) => row.heldTeams.includes(team)), email: row.email, onCall: row.onCall });
  }
  const missing = stillNeeded({ ...approval, route }, proven, holds, approval.now);
  return missing.length === 0 ? null : `Of ${rows.length} signatures ${proven.length} hold; still needed: ${missing.map((group) => `${group.quorum} of ${groupName(group)}`).join(' and ')}.`;
}

async function isProven(row: Row, approvalId: string, digest: string, byCode: boolean): Promise<boolean> {
  if (byCode && row.active && isCodeFor(row.assertion, approvalId, digest)) return true;
  const assertion = assertionSchema.safeParse(row.assertion);
  if (!assertion.success || !row.active || row.passkeyId === null || row.credentialId === null || row.publicKey === null) return false;
  const key = { id: row.passkeyId, credentialId: row.credentialId, publicKey: row.publicKey };
  return (await verifyAssertion(assertion.data, approvalSubject({ id: approvalId, digest }), key, relyingParty())).ok;
}

/** For a one-time password the console's word is all there is, which is why routes say where it is enough and none of critical risk can. */
function isCodeFor(value: unknown, approvalId: string, digest: string): boolean {
  const proof = codeProofSchema.safeParse(value).data;
  const subject = approvalSubject({ id: approvalId, digest });
  return proof !== undefined && (['purpose', 'objectId', 'digest', 'verdict'] as const).every((part) => proof[part] === subject[part]);
}
