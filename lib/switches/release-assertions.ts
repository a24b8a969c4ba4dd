import { hash } from 'node:crypto';
import { z } from 'zod';
import { relyingParty, verifyAssertion } from '@/lib/access';
import type { StepUpSubject } from '@/lib/access/schema';
import type { Sql } from '@/lib/db';
import { assertionSchema, type Assertion } from '@/lib/log';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { FullOrderRow } from './internal';
import type { RowActor } from './schema';

const assertionsSchema = z.object({ requested: assertionSchema, seconded: assertionSchema.nullable() });
/** What the passkeys of whoever asked for a release and of whoever agreed have signed. */
export type ReleaseAssertions = z.infer<typeof assertionsSchema>;

export function releaseAssertions(row: Pick<FullOrderRow, 'releaseAssertions'>): ReleaseAssertions | undefined {
  return assertionsSchema.safeParse(row.releaseAssertions).data;
}

/**
 * What a passkey signs for a release: the order in what cannot change of it, and for the second person also the very request that they
 * agree to, so that their word does not carry over to another one.
 */
export function releaseSubject(row: Pick<FullOrderRow, 'id' | 'kind' | 'scope' | 'target' | 'environment' | 'engagedAt'>, agreesTo?: Assertion): StepUpSubject {
  const { id, kind, scope, target, environment, engagedAt } = row;
  const signed = { id, kind, scope, target, environment, issuedAt: engagedAt, ...(agreesTo ? { request: agreesTo.challengeId } : {}) };
  return { purpose: agreesTo ? 'switch.second_release' : 'switch.request_release', objectId: id, digest: hash('sha256', canonicalJson(signed), 'hex'), verdict: 'release' };
}

/** Whether each person who asked or agreed signed so with a passkey that is theirs now. Control asks this itself and believes no row that says so. */
export async function verifyReleaseAssertions(tx: Sql, row: FullOrderRow, persons: { by: RowActor; seconded: { by: RowActor } | null }): Promise<boolean> {
  const given = releaseAssertions(row);
  if (!given || (persons.seconded !== null) !== (given.seconded !== null)) return false;
  const signed: [Assertion, StepUpSubject, string][] = [[given.requested, releaseSubject(row), persons.by.id]];
  if (given.seconded && persons.seconded) signed.push([given.seconded, releaseSubject(row, given.requested), persons.seconded.by.id]);
  for (const [assertion, subject, personId] of signed) {
    const [key] = await tx.rows<{ id: string; credentialId: string; publicKey: Buffer }>(
      'SELECT id, credential_id AS "credentialId", public_key AS "publicKey" FROM passkey WHERE credential_id = $1 AND person_id::text = $2 AND revoked_at IS NULL', [assertion.credentialId, personId],
    );
    if (!key || !(await verifyAssertion(assertion, subject, key, relyingParty())).ok) return false;
  }
  return true;
}
