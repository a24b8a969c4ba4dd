import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, forbidden } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { newId } from '@/lib/protocol/ids';
import { OPEN, readRequests } from './queries';
import { MOST_PENDING, PENDING_MS, requestedSchema, type PendingRequest, type Requested } from './schema';

/** Keeps what a token asked for until its person finishes it. The same asked again while it waits is the same request, so that a script that tries again leaves one. */
export async function leaveRequest(ctx: Context, input: Requested): Promise<PendingRequest> {
  const { actor } = ctx;
  if (actor.kind !== 'person') throw forbidden('Only what a person’s token asked for can be finished by a person.');
  const { kind, objectId, body } = parseInput(requestedSchema, input);
  return sqlTransaction(async (tx) => {
    await tx.rows(`SELECT pg_advisory_xact_lock(hashtext($1))::text`, [`countersign/pending/${actor.id}`]);
    const waiting = await readRequests(tx, `WHERE r.person_id = $1 AND ${OPEN}`, [actor.id]);
    const same = waiting.find((one) => one.kind === kind && one.objectId === objectId && canonicalJson(one.body) === canonicalJson(body));
    if (same) return same;
    if (waiting.length >= MOST_PENDING) throw conflict(`${MOST_PENDING} requests wait for you in the console already. Finish or dismiss some there, or wait: each ends after fifteen minutes.`, { why: 'too_many' });
    const id = newId();
    const tokenId = actor.tokenId ?? null;
    await tx.rows(
      `INSERT INTO pending_request (id, kind, object_id, person_id, token_id, body, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp() + make_interval(secs => $7))`,
      [id, kind, objectId, actor.id, tokenId, JSON.stringify(body), PENDING_MS / 1_000],
    );
    await record(tx, ctx, [organisationEvent('person.request_left', { personId: actor.id, requestId: id, kind, objectId, tokenId })]);
    return (await readRequests(tx, 'WHERE r.id = $1', [id]))[0]!;
  });
}
