import type { Sql } from '@/lib/db';
import { invalid } from '@/lib/errors';
import { mayBeDrill } from './drill-rules';
import type { EngageInput, SwitchKind } from './schema';

/** In SQL, over `switch_order o`: it is a drill's. A row that calls itself one and stops something real is none. */
export const isDrillSql = (o: string) => `(${o}.drill AND ${o}.scope = 'instance' AND EXISTS (SELECT 1 FROM instance di JOIN agent da ON da.id = di.agent_id WHERE di.id = ${o}.target AND da.drill))`;

/** Throws `invalid` where a stop is called a drill and would hit anything that no drill has started. */
export async function requireDrillTarget(tx: Sql, input: EngageInput, kind: SwitchKind): Promise<void> {
  if (!input.drill) return;
  const targetIsDrill = input.target !== undefined && (await startedByDrill(tx, input.target));
  if (!mayBeDrill({ kind, scope: input.scope, targetIsDrill })) {
    throw invalid('A drill stops only what a drill has started. To stop this for real, leave "drill" out; for a drill, run "countersign drill".', [{ path: '/drill', message: 'this target is no drill’s' }]);
  }
}

/** Whether a deployment is an agent's that a drill has made. */
export async function startedByDrill(tx: Sql, instanceId: string): Promise<boolean> {
  return (await tx.rows('SELECT 1 FROM instance i JOIN agent a ON a.id = i.agent_id WHERE i.id = $1 AND a.drill', [instanceId])).length > 0;
}
