import { databaseTime, sql } from '@/lib/db';
import { env } from '@/lib/env';
import { drillView, readDrills, readTargets } from './rows';
import { isOverdue } from './rules';
import type { DrillReport, DrillStanding, DrillView } from './schema';

/** Drills, the newest first. */
export async function listDrills(limit = 50): Promise<DrillView[]> {
  return (await readDrills(sql, 'ORDER BY asked_at DESC, id DESC LIMIT $1', [Math.min(limit, 200)])).map(drillView);
}

/** One drill with what became of each rogue. */
export async function getDrill(id: string): Promise<DrillReport | undefined> {
  const [row] = await readDrills(sql, 'WHERE id::text = $1', [id]);
  return row && { ...drillView(row), targets: await readTargets(sql, row.id) };
}

/** The drill that pressed a stop, if one did. */
export async function drillOfOrder(orderId: string): Promise<{ id: string; over: boolean } | undefined> {
  const [row] = await sql.rows<{ id: string; over: boolean }>(`SELECT d.id, d.state = 'finished' AS over FROM drill_target t JOIN drill d ON d.id = t.drill_id WHERE t.order_id = $1`, [orderId]);
  return row;
}

/** How it stands with drills, for the pages that say so in a line. */
export async function drillStanding(): Promise<DrillStanding> {
  const everyDays = env().drillEveryDays;
  const [[open], [last], [run], now] = await Promise.all([
    readDrills(sql, 'WHERE turn = 1'), readDrills(sql, `WHERE state = 'finished' ORDER BY asked_at DESC LIMIT 1`),
    readDrills(sql, `WHERE state = 'finished' AND verdict <> 'not_run' AND NOT interrupted ORDER BY asked_at DESC LIMIT 1`), databaseTime(sql),
  ]);
  const since = run ? (run.finishedAt ?? run.askedAt) : await installedAt();
  return { running: open ? { id: open.id } : null, last: last ? drillView(last) : null, lastRun: run ? drillView(run) : null, overdue: isOverdue(since, everyDays, now), everyDays };
}

/** When the last drill was asked for, or this was installed where there was none: the first comes as late as every other. */
export async function lastAskedAt(): Promise<Date> {
  const [row] = await sql.rows<{ at: Date | null }>('SELECT max(asked_at) AS at FROM drill');
  return row?.at ?? installedAt();
}

async function installedAt(): Promise<Date> {
  const [row] = await sql.rows<{ at: Date }>('SELECT min(started_at) AS at FROM _prisma_migrations');
  return row!.at;
}
