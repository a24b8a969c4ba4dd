import type { Context } from '@/lib/context';
import { sqlTransaction, type Sql } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import type { Containment, OnControlLoss } from '@/lib/protocol/supervisor';

export type SeenSupervisor = {
  agentId: string; instanceId: string; keyId: string; pid: number; containment: Containment | null; onControlLoss: OnControlLoss | null;
  connectedAt: Date; seenAt: Date;
  /** Until when it may keep its process if it hears nothing more. */
  holdsUntil: Date;
};

/** Notes a supervisor that has come; one that is back after a lost connection is no news to the log. What an earlier one of the same deployment said of its end is about another process. */
export async function recordConnected(ctx: Context, seen: SeenSupervisor): Promise<void> {
  await sqlTransaction(async (tx) => {
    const [before] = await tx.rows<{ pid: number; keyId: string; exited: boolean }>('SELECT pid, key_id AS "keyId", exited_at IS NOT NULL AS exited FROM supervisor WHERE agent_id = $1 AND instance_id = $2 FOR UPDATE', [seen.agentId, seen.instanceId]);
    await noteSupervisors(tx, [seen]);
    await tx.rows('UPDATE supervisor SET exited_at = NULL, exit_evidence = NULL WHERE agent_id = $1 AND instance_id = $2 AND exited_at < $3', [seen.agentId, seen.instanceId, seen.connectedAt]);
    const isBack = before !== undefined && !before.exited && before.pid === seen.pid && before.keyId === seen.keyId;
    if (!isBack) await record(tx, ctx, [organisationEvent('supervisor.connected', { agentId: seen.agentId, instanceId: seen.instanceId, pid: seen.pid, containment: seen.containment }, { agentId: seen.agentId })]);
  });
}

/** Notes which supervisors are there. An older sight of one never undoes a newer. */
export async function noteSupervisors(tx: Sql, seen: readonly SeenSupervisor[]): Promise<void> {
  if (seen.length === 0) return;
  await tx.rows(
    `INSERT INTO supervisor AS v (agent_id, instance_id, key_id, pid, containment, on_control_loss, connected_at, seen_at, holds_until)
     SELECT x."agentId", x."instanceId", x."keyId", x.pid, x.containment, x."onControlLoss", x."connectedAt", x."seenAt", x."holdsUntil"
     FROM json_to_recordset($1::json) AS x("agentId" uuid, "instanceId" text, "keyId" uuid, pid int, containment text, "onControlLoss" text, "connectedAt" timestamptz, "seenAt" timestamptz, "holdsUntil" timestamptz)
     ON CONFLICT (agent_id, instance_id) DO UPDATE SET key_id = excluded.key_id, pid = excluded.pid, containment = excluded.containment, on_control_loss = excluded.on_control_loss,
       connected_at = excluded.connected_at, seen_at = excluded.seen_at, holds_until = greatest(v.holds_until, excluded.holds_until) WHERE v.connected_at <= excluded.connected_at`,
    [JSON.stringify(seen)],
  );
}
