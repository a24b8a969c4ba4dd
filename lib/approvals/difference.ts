import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { hideSecrets } from '@/lib/inspect';
import { compareArguments } from '@/lib/narrowing';
import { changeStepSchema, type ChangeStep } from '@/lib/narrowing/schema';
import { readPayloadsFor } from '@/lib/payloads';
import type { Finding, Provenance } from '@/lib/protocol/decision';
import { unescapeStep } from '@/lib/protocol/json-pointer';

/** A value that differs, by name; null where it was or is not there. */
export type ValueChange = { path: string; before: string | null; after: string | null };

/** What differs between two sets of arguments, as people read it, with detected secrets hidden. */
export function differenceOf(before: Record<string, unknown>, after: Record<string, unknown>): ValueChange[] {
  const [was, is] = [hideSecrets(before).value, hideSecrets(after).value];
  return compareArguments({ formats: {} }, before, after).steps.map(({ path }) => ({ path, before: shownAt(was, path), after: shownAt(is, path) }));
}

function shownAt(value: unknown, path: string): string | null {
  let at = value;
  for (const step of path.slice(1).split('/').map(unescapeStep)) at = typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined;
  return at === undefined ? null : typeof at === 'string' ? at : JSON.stringify(at);
}

/** What differs between the arguments of that digest, when they last stood, and those that stand now; empty where nobody can read them any more. */
export async function differenceSince(ctx: Context, approvalId: string, digest: string): Promise<ValueChange[]> {
  const [row] = await sql.rows<{ sessionId: string; now: string; then: string }>(
    `SELECT p.session_id AS "sessionId", coalesce(x.final_payload_id, x.args_payload_id) AS now, c.from_payload_id AS then
     FROM approval p JOIN action x ON x.id = p.action_id JOIN approval_change c ON c.approval_id = p.id AND c.from_digest = $2 WHERE p.id = $1 ORDER BY c.revision DESC LIMIT 1`, [approvalId, digest]);
  if (!row) return [];
  const texts = await readPayloadsFor(ctx, { sessionId: row.sessionId, payloadIds: [row.then, row.now], why: `approval ${approvalId}` });
  const [then, now] = [texts.get(row.then), texts.get(row.now)].map((shown) => (shown?.kind === 'text' && typeof shown.value === 'object' && shown.value !== null ? (shown.value as Record<string, unknown>) : undefined));
  return then && now ? differenceOf(then, now) : [];
}

/** One change of an approval's arguments, as people read it. Values are behind the two payloads. */
export type ArgumentChange = { revision: number; kind: 'narrowing' | 'replacement'; by: string; byId: string; at: string; steps: ChangeStep[]; fromDigest: string; fromPayloadId: string; toPayloadId: string; findings: Finding[]; provenance: Provenance };

/** All changes of an approval's arguments, the first one first; also those of the approval in whose place it is asked. */
export async function changesOf(approvalId: string): Promise<ArgumentChange[]> {
  const rows = await sql.rows<Omit<ArgumentChange, 'at' | 'steps'> & { at: Date; steps: unknown }>(
    `SELECT c.revision, c.kind, n.name AS by, c.person_id AS "byId", c.at, c.steps, c.from_digest AS "fromDigest", c.from_payload_id AS "fromPayloadId", c.to_payload_id AS "toPayloadId", c.findings, c.provenance
     FROM approval_change c JOIN person n ON n.id = c.person_id WHERE c.approval_id IN (SELECT unnest(ARRAY[p.id, p.asks_again]) FROM approval p WHERE p.id = $1) ORDER BY c.at`, [approvalId]);
  return rows.map((row) => ({ ...row, at: row.at.toISOString(), steps: changeStepSchema.array().parse(row.steps) }));
}

/** A stale digest is refused with the difference: who changed what since those arguments, by path and without values. */
export async function withDifference(refusal: DomainError, { approvalId, digest }: { approvalId: string; digest: string }): Promise<DomainError> {
  if (refusal.data?.why !== 'stale_digest') return refusal;
  const changes = await changesOf(approvalId);
  // The last time those arguments stood: what came before is known to whoever saw them.
  const from = changes.findLastIndex((change) => change.fromDigest === digest);
  const since = from === -1 ? changes : changes.slice(from);
  return new DomainError(refusal.code, refusal.message, { data: { ...refusal.data, changes: since.map(({ revision, kind, by, at, steps }) => ({ revision, kind, by, at, steps })) } });
}
