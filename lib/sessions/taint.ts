import { sql } from '@/lib/db';

/** Where untrusted text entered a session and reached an argument: events by number. `wentWrongAt` is the first whose text reached a call that was not simply allowed. */
export type SessionTaint = { sources: number[]; wentWrongAt: number | null };

const MOST_SOURCES = 2_000;

/** Read from what the gate found about each action's arguments. */
export async function sessionTaint(sessionId: string): Promise<SessionTaint> {
  const rows = await sql.rows<{ seq: number; gated: boolean }>(
    `SELECT (v.value->>'seq')::int AS seq, bool_or(x.approval_id IS NOT NULL OR x.decision <> 'allow') AS gated
     FROM action x, jsonb_array_elements(x.detail->'findings') f, jsonb_each(x.detail->'provenance') v
     WHERE x.session_id = $1 AND x.detail->'findings' <> '[]'::jsonb AND f->>'kind' = 'untrusted_argument' AND v.key = f->>'path' AND v.value ? 'seq'
     GROUP BY 1 ORDER BY 1 LIMIT ${MOST_SOURCES}`, [sessionId],
  );
  return { sources: rows.map((row) => row.seq), wentWrongAt: rows.find((row) => row.gated)?.seq ?? null };
}
