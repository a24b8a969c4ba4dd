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

/**
 * Whether this request is on the record and was not withdrawn since. The first time counts: nobody can take an event out of the log,
 * and whoever writes the same request into it once more writes it behind the withdrawal of the first.
 */
export async function isOpenRequest(tx: Sql, orderId: string, challengeId: string): Promise<boolean> {
  const rows = await tx.rows<{ type: string; seq: string; body: string }>(
    `SELECT type, seq::text AS seq, body FROM log.event WHERE stream = 'org/switches' AND type IN ('switch.release_requested', 'switch.release_withdrawn') AND position($1 IN body) > 0 ORDER BY log.event.seq`, [orderId],
  );
  // Read here and not by Postgres, so that a body which is no JSON hides itself and nothing else.
  const steps = rows.flatMap(({ type, seq, body }) => { const data = dataOf(body); return data?.orderId === orderId ? [{ type, seq: BigInt(seq), challengeId: data.assertion?.challengeId }] : []; });
  const asked = steps.find((one) => one.type === 'switch.release_requested' && one.challengeId === challengeId);
  return asked !== undefined && !steps.some((one) => one.type === 'switch.release_withdrawn' && one.seq > asked.seq);
}

const bodySchema = z.object({ data: z.object({ orderId: z.string(), assertion: z.object({ challengeId: z.string() }).optional() }) });

function dataOf(body: string): z.infer<typeof bodySchema>['data'] | undefined {
  try {
    return bodySchema.safeParse(JSON.parse(body)).data?.data;
  } catch {
    return undefined;
  }
}
