import { sql } from '@/lib/db';
import { readStream, sessionStream } from '@/lib/log';
import { shortId } from '@/lib/protocol/ids';
import { parseInput } from '@/lib/parse-input';
import { CONSTRAINT } from './read-session';
import { sessionFilterSchema, type SessionSummary, type TimelineEvent } from './schema';
import type { z } from 'zod';

const SUMMARY = `
SELECT s.id, s.agent_id AS "agentId", a.name AS "agentName", s.instance_id AS "instanceId", i.name AS "instanceName", s.state, s.enforcement, s.purpose, a.simulated,
  CASE WHEN s.principal_id IS NULL THEN NULL ELSE json_build_object('type', s.principal_type, 'id', s.principal_id, 'name', s.principal_name, 'verified', s.principal_verified) END AS principal,
  s.opened_at AS "openedAt", s.ended_at AS "endedAt", s.outcome, s.untrusted_seen AS "untrustedSeen", ${CONSTRAINT} AS constrained, st.last_seq::int AS "lastSeq",
  (SELECT e.recorded_at FROM log.event e WHERE e.stream = st.id AND e.seq = st.last_seq) AS "lastEventAt",
  (SELECT count(*)::int FROM action x WHERE x.session_id = s.id) AS actions,
  (SELECT count(*)::int FROM action x WHERE x.session_id = s.id AND x.decision = 'deny') AS denied,
  (SELECT count(*)::int FROM approval p WHERE p.session_id = s.id) AS asked,
  (SELECT count(*)::int FROM approval p WHERE p.session_id = s.id AND p.state IN ('pending', 'partially_approved')) AS pending
FROM session s JOIN agent a ON a.id = s.agent_id JOIN instance i ON i.id = s.instance_id LEFT JOIN log.stream st ON st.id = 'session/' || s.id`;

type Row = Omit<SessionSummary, 'shortId' | 'openedAt' | 'endedAt' | 'lastEventAt'> & { openedAt: Date; endedAt: Date | null; lastEventAt: Date | null };

/** Sessions, the newest first, a page at a time (`after` is the last id of the page before: ids sort by time). */
export async function listSessions(filter: z.input<typeof sessionFilterSchema> = {}): Promise<SessionSummary[]> {
  const { state, agentId, after, limit } = parseInput(sessionFilterSchema, filter);
  const rows = await sql.rows<Row>(
    `${SUMMARY} WHERE ($1::text IS NULL OR s.state = $1) AND ($2::uuid IS NULL OR s.agent_id = $2) AND ($3::uuid IS NULL OR s.id < $3) ORDER BY s.id DESC LIMIT $4`,
    [state ?? null, agentId ?? null, after ?? null, limit],
  );
  return rows.map(toSummary);
}

export async function getSession(id: string): Promise<SessionSummary | undefined> {
  const rows = await sql.rows<Row>(`${SUMMARY} WHERE s.id = $1`, [id]);
  return rows.map(toSummary)[0];
}

/** The events of a session after `after`, in order, at most `limit`; negative `limit`: the last ones, still in order. */
export const readTimeline = (sessionId: string, after = 0, limit = 500): Promise<TimelineEvent[]> => readStream(sessionStream(sessionId), after, limit);

function toSummary(row: Row): SessionSummary {
  return { ...row, shortId: shortId(row.id), openedAt: row.openedAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null, lastEventAt: row.lastEventAt?.toISOString() ?? null, lastSeq: row.lastSeq ?? 0 };
}
