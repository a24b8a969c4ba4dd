import type { Sql } from '@/lib/db';
import type { SessionRow } from './schema';

/** A row that says when but not why was written by a version before this one. */
export const CONSTRAINT = `CASE WHEN constrained_at IS NOT NULL THEN coalesce(constrained_by, '{"by":"rule","detector":"alert","kind":"finding","seq":1}') END`;

const COLUMNS = `id, agent_id AS "agentId", instance_id AS "instanceId", generation, state, enforcement, purpose, canary, delimiter, untrusted_seen AS "untrustedSeen", ${CONSTRAINT} AS constrained, opened_at AS "openedAt",
  CASE WHEN principal_id IS NULL THEN NULL ELSE json_strip_nulls(json_build_object('type', principal_type, 'id', principal_id, 'name', principal_name, 'verified', principal_verified)) END AS principal`;

/** The session's row, locked until the transaction ends when `lock` is set. */
export async function readSession(tx: Sql, id: string, lock = false): Promise<SessionRow | undefined> {
  const [row] = await tx.rows<SessionRow>(`SELECT ${COLUMNS} FROM session WHERE id = $1${lock ? ' FOR NO KEY UPDATE' : ''}`, [id]);
  return row;
}
