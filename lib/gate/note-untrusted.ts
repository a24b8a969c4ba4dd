import { sql } from '@/lib/db';
import type { LiveSession } from './live-session';

/** From here on the session has read text that may carry somebody else's instructions. Results of tools count, whatever the tool. */
export async function noteUntrusted(session: LiveSession): Promise<void> {
  if (session.row.untrustedSeen) return;
  session.row.untrustedSeen = true;
  await sql.rows('UPDATE session SET untrusted_seen = true WHERE id = $1', [session.row.id]);
}
