import { sql, sqlTransaction } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import type { RogueFound } from './drill-rogue';
import { tellOfDrill } from './rows';
import { KEPT_FOR_MS, limitsOf } from './rules';
import { rogueKinds, type RogueKind } from './schema';

export type Keeper = { id: string; host: string };

/** Takes a drill that was asked for, with a deployment of its own for each rogue; false when another worker has it. */
export function takeUp(drillId: string, keeper: Keeper, leaseMs: number): Promise<boolean> {
  return sqlTransaction(async (tx) => {
    const taken = await tx.rows(
      `UPDATE drill SET state = 'running', host = $2, keeper = $3, started_at = clock_timestamp(), kept_until = clock_timestamp() + make_interval(secs => $4) WHERE id = $1 AND state = 'asked' RETURNING id`,
      [drillId, keeper.host, keeper.id, KEPT_FOR_MS / 1_000],
    );
    if (taken.length === 0) return false;
    const rogues = rogueKinds.map((rogue, place) => ({ rogue, place, instance: `drill-${newId()}`, ...limitsOf(rogue, leaseMs) }));
    await tx.rows(
      `INSERT INTO drill_target (drill_id, rogue, place, instance_id, gone_within_ms, confirmed_within_ms) SELECT $1, x.rogue, x.place, x.instance, x."goneWithinMs", x."confirmedWithinMs"
       FROM json_to_recordset($2::json) AS x(rogue text, place int, instance text, "goneWithinMs" int, "confirmedWithinMs" int)`, [drillId, JSON.stringify(rogues)],
    );
    await tellOfDrill(tx, drillId);
    return true;
  });
}

/** Says that it is still being carried out. False when somebody has closed it meanwhile. */
export async function keepOn(drillId: string, keeper: Keeper): Promise<boolean> {
  return (await sql.rows(`UPDATE drill SET kept_until = clock_timestamp() + make_interval(secs => $3) WHERE id = $1 AND keeper = $2 AND state = 'running' RETURNING id`, [drillId, keeper.id, KEPT_FOR_MS / 1_000])).length > 0;
}

export const noteStarting = (drillId: string, rogue: RogueKind) => note(drillId, `UPDATE drill_target SET step = 'starting' WHERE drill_id = $1 AND rogue = $2`, [rogue]);
/** Before the stop is pressed, so that it is found whatever happens in between. */
export const notePressed = (drillId: string, rogue: RogueKind, orderId: string, pressedAt: Date) => note(drillId, `UPDATE drill_target SET step = 'pressed', order_id = $3, pressed_at = $4 WHERE drill_id = $1 AND rogue = $2`, [rogue, orderId, pressedAt]);
export const noteFound = (drillId: string, rogue: RogueKind, found: RogueFound) => note(
  drillId, `UPDATE drill_target SET step = 'over', fenced_ms = $3, confirmed_ms = $4, gone_ms = $5, evidence = $6, proof = $7, verdict = $8, said = $9 WHERE drill_id = $1 AND rogue = $2`,
  [rogue, found.fencedMs, found.confirmedMs, found.goneMs, found.evidence, found.proof && JSON.stringify(found.proof), found.verdict, found.said],
);

async function note(drillId: string, statement: string, params: readonly unknown[]): Promise<void> {
  await sql.rows(statement, [drillId, ...params]);
  await tellOfDrill(sql, drillId);
}
