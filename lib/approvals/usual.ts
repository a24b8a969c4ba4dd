import { sql } from '@/lib/db';

/** What an agent's earlier calls of a tool looked like, beside one call. Counts are of other calls; sizes are bytes of arguments. */
export type Usual = { calls: number; days: number; sameDestination: number | null; bytes: number | null; medianBytes: number | null };

/** Earlier calls are compared over this many, so that an old agent's card opens as fast as a young one's. */
const COMPARED = 2_000;

/** Facts from the agent's own rows before the call, so that they stay as they were; `destination` is looked for in the sentences that people read. */
export async function usualOf(call: { actionId: string; agentId: string; tool: string; destination?: string | undefined }): Promise<Usual> {
  const [row] = await sql.rows<Usual>(
    `WITH earlier AS (
       SELECT x.decided_at, x.args_payload_id, x.detail->>'title' AS title FROM action x WHERE x.agent_id = $1 AND x.tool = $2 AND x.id < $3 ORDER BY x.decided_at DESC LIMIT ${COMPARED}
     )
     SELECT count(*)::int AS calls, coalesce(ceil(extract(epoch FROM clock_timestamp() - min(e.decided_at)) / 86400), 0)::int AS days,
       CASE WHEN $4::text IS NULL THEN NULL ELSE (count(*) FILTER (WHERE strpos(lower(e.title), lower($4)) > 0))::int END AS "sameDestination",
       (SELECT p.bytes FROM action a JOIN payload p ON p.id = a.args_payload_id WHERE a.id = $3) AS bytes,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY p.bytes) AS "medianBytes"
     FROM earlier e LEFT JOIN payload p ON p.id = e.args_payload_id`,
    [call.agentId, call.tool, call.actionId, call.destination ?? null],
  );
  return row!;
}
