import type { Context } from '@/lib/context';
import { sql, type Sql } from '@/lib/db';
import { idSchema } from '@/lib/protocol/ids';
import { requestedSchema, UNDER_WAY_MS, type PendingRequest } from './schema';

type Row = { id: string; kind: string; objectId: string; body: unknown; tokenName: string | null; createdAt: Date; expiresAt: Date; finishedAt: Date | null; outcome: string | null; now: Date };

export async function readRequests(tx: Sql, where: string, params: readonly unknown[]): Promise<PendingRequest[]> {
  const rows = await tx.rows<Row>(
    `SELECT r.id, r.kind, r.object_id AS "objectId", r.body, t.name AS "tokenName", r.created_at AS "createdAt", r.expires_at AS "expiresAt", r.finished_at AS "finishedAt", r.outcome, clock_timestamp() AS now
     FROM pending_request r LEFT JOIN api_token t ON t.id = r.token_id ${where}`, params,
  );
  return rows.flatMap((row) => {
    const requested = requestedSchema.safeParse({ kind: row.kind, objectId: row.objectId, body: row.body });
    if (!requested.success) return [];
    const state = stateOf(row);
    return [{ ...requested.data, id: row.id, tokenName: row.tokenName, createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt.toISOString(), state }];
  });
}

/** Of `r`: nobody has finished it, nobody is at it, and there is time left. */
export const OPEN = `(r.finished_at IS NULL OR (r.outcome IS NULL AND r.finished_at < clock_timestamp() - make_interval(secs => ${UNDER_WAY_MS / 1_000}))) AND r.expires_at > clock_timestamp()`;

function stateOf({ finishedAt, outcome, expiresAt, now }: Row): PendingRequest['state'] {
  if (finishedAt && outcome !== null) return { kind: 'finished', outcome: outcome === 'done' ? 'done' : 'refused', at: finishedAt.toISOString() };
  if (finishedAt && now.getTime() - finishedAt.getTime() < UNDER_WAY_MS) return { kind: 'under_way' };
  return { kind: expiresAt <= now ? 'expired' : 'open' };
}

/** One's own that still waits, the one with the least time first. */
export async function listPendingRequests(ctx: Context): Promise<PendingRequest[]> {
  if (ctx.actor.kind !== 'person') return [];
  return readRequests(sql, `WHERE r.person_id = $1 AND ${OPEN} ORDER BY r.expires_at LIMIT 50`, [ctx.actor.id]);
}

/** One of one's own; somebody else's is as if it weren't there. */
export async function getPendingRequest(ctx: Context, id: string): Promise<PendingRequest | undefined> {
  if (ctx.actor.kind !== 'person' || !idSchema.safeParse(id).success) return undefined;
  return (await readRequests(sql, 'WHERE r.id = $1 AND r.person_id = $2', [id, ctx.actor.id]))[0];
}
