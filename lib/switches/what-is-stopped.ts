import type { Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { readOrders } from './internal';
import { matchingOrder, standingOrders } from './rules';
import { classesByTool } from './tools-of-class';

export type Stoppable = { sessionId: string; instanceId: string; agentId: string; tool: string };

/**
 * Judges what a stop has ended already, also before it is worked off: what lies in a stopped scope is read as cancelled from the moment
 * that the order stands. Undefined while nothing is stopped. Rows are taken at their word; the gate verifies signatures besides.
 */
export async function whatIsStopped(tx: Sql): Promise<((one: Stoppable) => boolean) | undefined> {
  const rows = await readOrders(tx, `WHERE state <> 'released' AND kind <> 'pause'`);
  if (rows.length === 0) return undefined;
  const orders = standingOrders(rows.map((row) => ({ ...row, orderJws: null })));
  const classes = rows.some((row) => row.scope === 'class') ? await classesByTool(tx) : new Map<string, string[]>();
  return ({ tool, ...subject }) => matchingOrder(orders, { ...subject, classes: classes.get(tool) ?? [], environment: env().environment }) !== null;
}
