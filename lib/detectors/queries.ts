import { sql } from '@/lib/db';
import type { DetectorAlertView } from './schema';

const SHOWN = 20;

/** Alerts that nobody has looked at, the newest first, each with the sessions that were left running. */
export async function openAlerts(): Promise<DetectorAlertView[]> {
  const alerts = await sql.rows<{ id: string; name: string; raisedAt: Date; n: number }>(
    `SELECT a.id, a.name, a.raised_at AS "raisedAt", (SELECT count(*)::int FROM detector_stop s WHERE s.alert_id = a.id) AS n FROM detector_alert a WHERE a.acknowledged_at IS NULL ORDER BY a.raised_at DESC LIMIT 50`,
  );
  return Promise.all(alerts.map(async ({ id, name, raisedAt, n }) => {
    const withheld = await sql.rows<{ sessionId: string; reason: string; at: Date }>('SELECT session_id AS "sessionId", reason, at FROM detector_stop WHERE alert_id = $1 ORDER BY at, id LIMIT $2', [id, SHOWN]);
    return { id, detector: name, raisedAt: raisedAt.toISOString(), withheld: withheld.map((one) => ({ ...one, at: one.at.toISOString() })), more: n - withheld.length };
  }));
}
