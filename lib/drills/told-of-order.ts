import { sql } from '@/lib/db';
import type { Told } from './drill-rogue';

/** What the product says of an order, counted from its press by the database's clock. */
export async function toldOfOrder(orderId: string, pressedAt: Date): Promise<Told> {
  const [row] = await sql.rows<{ fencedAt: Date | null; confirmedAt: Date | null; evidence: string | null }>(
    `SELECT o.fenced_at AS "fencedAt", t.at AS "confirmedAt", t.evidence FROM switch_order o
     LEFT JOIN LATERAL (SELECT max(x.confirmed_at) AS at, CASE WHEN bool_and(x.exit_evidence IS NOT NULL) THEN min(x.exit_evidence) WHEN bool_and(x.lease_lapsed_at IS NOT NULL) THEN 'lease-lapsed' ELSE 'its own word' END AS evidence
                        FROM switch_target x WHERE x.order_id = o.id HAVING count(*) > 0 AND bool_and(x.confirmed_at IS NOT NULL)) t ON true WHERE o.id = $1`,
    [orderId],
  );
  const after = (at: Date | null | undefined) => (at ? Math.max(0, at.getTime() - pressedAt.getTime()) : null);
  return { fencedMs: after(row?.fencedAt), confirmedMs: after(row?.confirmedAt), evidence: row?.evidence ?? null };
}
