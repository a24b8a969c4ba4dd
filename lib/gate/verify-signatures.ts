import { relyingParty, verifyAssertion } from '@/lib/access';
import { holds } from '@/lib/approvals';
import { approvalSubject, codeCounts, groupName, stillNeeded } from '@/lib/approvals/rules';
import { askedRouteSchema } from '@/lib/approvals/schema';
import { sql } from '@/lib/db';
import { assertionSchema, codeProofSchema } from '@/lib/log';
import type { Signature } from '@/lib/quorum';

type Row = Signature & { assertion: unknown; active: boolean; held: string[]; passkeyId: string | null; credentialId: string | null; publicKey: Buffer | null };

/**
 * Why the signatures under a granted approval do not prove it, or null when they do. Believes nothing that the console wrote: each counts only
 * with an assertion over this approval and these arguments, by a passkey that is its person's now, and with roles that person has now.
 */
export async function whyUnproven(approvalId: string, digest: string): Promise<string | null> {
  const [approval] = await sql.rows<{ route: unknown }>('SELECT route FROM approval WHERE id = $1', [approvalId]);
  const route = askedRouteSchema.parse(approval?.route);
  const rows = await sql.rows<Row>(
    `SELECT g.person_id AS "personId", g.roles, g.teams, g.assertion, coalesce(n.state = 'active', false) AS active, coalesce(n.roles, '{}') AS held, k.id AS "passkeyId", k.credential_id AS "credentialId", k.public_key AS "publicKey"
     FROM approval_signature g LEFT JOIN person n ON n.id = g.person_id LEFT JOIN passkey k ON k.credential_id = g.assertion->>'credentialId' AND k.person_id = g.person_id AND k.revoked_at IS NULL
     WHERE g.approval_id = $1 AND g.digest = $2 AND g.verdict = 'approve' ORDER BY g.at`, [approvalId, digest],
  );
  const proven: Signature[] = [];
  for (const row of rows) if (await isProven(row, approvalId, digest, codeCounts(route))) proven.push({ personId: row.personId, roles: row.roles.filter((role) => holds({ personId: row.personId, roles: row.held, teams: [] }, { role })), teams: row.teams });
  const missing = stillNeeded(route.groups, proven, holds);
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
