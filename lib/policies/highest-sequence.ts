import type { Sql } from '@/lib/db';

/** The highest sequence ever activated, 0 before the first. The log's word counts too: deleting rows must not bring an old bundle back. */
export async function highestSequence(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ highest: number | bigint | null }>(
    `SELECT GREATEST(
       (SELECT max(sequence) FROM bundle),
       (SELECT max((body::jsonb -> 'data' ->> 'sequence')::int) FROM log.event WHERE stream = 'org/policies' AND type = 'policy.activated')
     ) AS highest`,
  );
  return Number(row?.highest ?? 0);
}
