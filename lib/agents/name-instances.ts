import { sql } from '@/lib/db';

/** What people call these instances, by id: "desk-1 of support-triage". */
export async function nameInstances(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.rows<{ id: string; name: string; agent: string }>('SELECT i.id, i.name, a.name AS agent FROM instance i JOIN agent a ON a.id = i.agent_id WHERE i.id = ANY($1)', [[...new Set(ids)]]);
  return new Map(rows.map((row) => [row.id, `${row.name} of ${row.agent}`]));
}
