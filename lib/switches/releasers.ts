import { ladder, permissions } from '@/lib/access';
import type { Sql } from '@/lib/db';
import type { RowActor } from './schema';

/** Roles that may release, by the one table of permissions. */
const releasingRoles = ladder.slice(ladder.indexOf(permissions['switch.release']));

/** How many active persons may release a switch. */
export async function countReleasers(tx: Sql): Promise<number> {
  const [row] = await tx.rows<{ n: number }>(`SELECT count(*)::int AS n FROM person WHERE state = 'active' AND roles && $1::text[]`, [releasingRoles]);
  return row?.n ?? 0;
}

/** Whether each of these is, at this moment, an active person who may release. */
export async function areReleasers(tx: Sql, actors: readonly RowActor[]): Promise<boolean> {
  if (actors.some((actor) => actor.kind !== 'person')) return false;
  const ids = [...new Set(actors.map((actor) => actor.id))];
  const rows = await tx.rows(`SELECT id FROM person WHERE id = ANY($1::uuid[]) AND state = 'active' AND roles && $2::text[]`, [ids, releasingRoles]);
  return rows.length === ids.length && ids.length === actors.length;
}
