import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import type { Containment, OnControlLoss } from '@/lib/protocol/supervisor';

export type SeenSupervisor = {
  agentId: string; instanceId: string; keyId: string; pid: number; containment: Containment | null; onControlLoss: OnControlLoss | null;
  /** Which run of it this is, the same to every control process, and to how many of them it listens. One that does not say speaks for itself alone. */
  runId: string | null; links: number;
  connectedAt: Date; seenAt: Date;
  /** Until when it may keep its process if it hears nothing more. */
  holdsUntil: Date;
};

/**
 * Notes a supervisor that has come. One that is back after a lost connection, or has come to another control process as well, is no news to
 * the log. What an earlier one of the same deployment said of its end is about another process; what this run said of its own end stays.
 */
export async function recordConnected(ctx: Context, seen: SeenSupervisor, controlId: string): Promise<void> {
  await sqlTransaction(async (tx) => {
    // The row is there and held from here on, so that of two control processes one is the first.
    const made = await insertOrUpdate(tx, [seen], controlId, 'DO NOTHING');
    const [before] = await tx.rows<{ pid: number; keyId: string; runId: string | null; exited: boolean }>(
      'SELECT pid, key_id AS "keyId", run_id AS "runId", exited_at IS NOT NULL AS exited FROM supervisor WHERE agent_id = $1 AND instance_id = $2 FOR UPDATE', [seen.agentId, seen.instanceId],
    );
    await noteSupervisors(tx, [seen], controlId);
    const sameRun = before !== undefined && before.pid === seen.pid && before.keyId === seen.keyId && before.runId === seen.runId;
    const isBack = made === 0 && sameRun && (seen.runId !== null || !before.exited);
    if (!isBack) await record(tx, ctx, [organisationEvent('supervisor.connected', { agentId: seen.agentId, instanceId: seen.instanceId, pid: seen.pid, containment: seen.containment }, { agentId: seen.agentId })]);
    if (sameRun && seen.runId !== null) return;
    // By the run where it says which: the clocks of two control processes are no measure for what came first.
    await tx.rows('UPDATE supervisor SET exited_at = NULL, exit_evidence = NULL WHERE agent_id = $1 AND instance_id = $2 AND (run_id = $4 OR ($4 IS NULL AND exited_at < $3))', [seen.agentId, seen.instanceId, seen.connectedAt, seen.runId]);
  });
}

/** Notes which supervisors are there. An older sight of one never undoes a newer, and what several control processes see of one run is the longest of it. */
export async function noteSupervisors(tx: Sql, seen: readonly SeenSupervisor[], controlId: string): Promise<void> {
  await insertOrUpdate(tx, newestOfEach(seen), controlId, `DO UPDATE SET key_id = excluded.key_id, pid = excluded.pid, containment = excluded.containment, on_control_loss = excluded.on_control_loss,
    run_id = excluded.run_id, links = excluded.links, controls = CASE WHEN ${SAME_RUN} THEN ARRAY(SELECT DISTINCT unnest(v.controls || excluded.controls) ORDER BY 1) ELSE excluded.controls END,
    connected_at = greatest(v.connected_at, excluded.connected_at), seen_at = greatest(v.seen_at, excluded.seen_at), holds_until = greatest(v.holds_until, excluded.holds_until)
    WHERE ${SAME_RUN} OR v.connected_at <= excluded.connected_at`);
}

/** Says that this control process has noted everybody whom it held until then. */
export async function noteControlProcess(tx: Sql, controlId: string, until: Date): Promise<void> {
  await tx.rows('INSERT INTO control_process AS c (id, noted_until) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET noted_until = greatest(c.noted_until, excluded.noted_until)', [controlId, until]);
}

const SAME_RUN = 'v.run_id = excluded.run_id';

/** How many rows it made or changed. In one order whoever writes, so that two control processes never wait for each other in a circle. */
async function insertOrUpdate(tx: Sql, seen: readonly SeenSupervisor[], controlId: string, onConflict: string): Promise<number> {
  if (seen.length === 0) return 0;
  const rows = await tx.rows(
    `INSERT INTO supervisor AS v (agent_id, instance_id, key_id, pid, containment, on_control_loss, run_id, links, controls, connected_at, seen_at, holds_until)
     SELECT x."agentId", x."instanceId", x."keyId", x.pid, x.containment, x."onControlLoss", x."runId", x.links, ARRAY[$2::uuid], x."connectedAt", x."seenAt", x."holdsUntil"
     FROM json_to_recordset($1::json) AS x("agentId" uuid, "instanceId" text, "keyId" uuid, pid int, containment text, "onControlLoss" text, "runId" uuid, links int, "connectedAt" timestamptz, "seenAt" timestamptz, "holdsUntil" timestamptz)
     ORDER BY 1, 2 ON CONFLICT (agent_id, instance_id) ${onConflict} RETURNING 1`,
    [JSON.stringify(seen), controlId],
  );
  return rows.length;
}

/** One for each deployment: of several connections the one that came last, held for as long as any of them says. */
function newestOfEach(seen: readonly SeenSupervisor[]): SeenSupervisor[] {
  const each = new Map<string, SeenSupervisor>();
  for (const one of seen) {
    const name = `${one.agentId} ${one.instanceId}`;
    const other = each.get(name);
    const newer = !other || one.connectedAt >= other.connectedAt ? one : other;
    each.set(name, other ? { ...newer, holdsUntil: new Date(Math.max(one.holdsUntil.getTime(), other.holdsUntil.getTime())) } : one);
  }
  return [...each.values()];
}
