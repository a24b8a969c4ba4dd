import { sql } from '@/lib/db';
import { returnKeyUses, takeKeyUses } from '@/lib/signing';

/** Writes down how often this process used its keys since the last time; what can't be written is kept for the next. */
export async function noteUses(process: string): Promise<void> {
  const uses = takeKeyUses();
  if (uses.length === 0) return;
  try {
    await sql.rows(
      `INSERT INTO key_use (name, kid, process, uses, first_used_at, last_used_at)
       SELECT name, kid, $2, uses, "firstAt", "lastAt" FROM json_to_recordset($1::json) AS u(name text, kid text, uses bigint, "firstAt" timestamptz, "lastAt" timestamptz)
       ON CONFLICT (name, kid, process) DO UPDATE SET uses = key_use.uses + excluded.uses, last_used_at = GREATEST(key_use.last_used_at, excluded.last_used_at)`,
      [JSON.stringify(uses), process],
    );
  } catch (error) {
    returnKeyUses(uses);
    throw error;
  }
}
