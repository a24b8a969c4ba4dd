import type { Sql } from '@/lib/db';
import { env } from '@/lib/env';
import { approvalsInAny, type Condition } from './cover-sql';
import { readOrders } from './internal';

/**
 * The condition on `approval p` (joined to `session s`), its parameters counted from `$first` on, that a standing stop has ended it: what
 * lies in a stopped scope is read as cancelled from the moment that the order stands, also before it is worked off. Undefined while
 * nothing like that is stopped. Rows are taken at their word; the gate verifies signatures besides.
 */
export async function stoppedApprovals(tx: Sql, first: number): Promise<Condition | undefined> {
  return approvalsInAny(tx, await readOrders(tx, `WHERE state <> 'released' AND kind <> 'pause'`), env().environment, first);
}
