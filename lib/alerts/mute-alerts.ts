import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { databaseTime, sqlTransaction, type Sql } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { parseInput } from '@/lib/parse-input';
import { lockAlert } from './alert-rows';
import { muteAlertsSchema, muteIdSchema } from './schema';

/**
 * Calls nobody for a while about what this alert's rule sees of its agent: these alerts are gathered and counted as before, apart
 * from the open ones, and are open again when the time is over. What the rule does at once it goes on doing: only the bundle changes that.
 */
export async function muteAlerts(ctx: Context, input: unknown): Promise<{ muteId: string; until: string }> {
  authorise(ctx, 'alert.mute');
  const { alertId, forMs, why } = parseInput(muteAlertsSchema, input);
  return sqlTransaction(async (tx) => {
    const { rule, agentId } = await lockAlert(tx, alertId);
    if (agentId === null) throw conflict('This is about no agent, so there is nobody to mute it for. It closes by itself when what it is about works again.');
    await takeTurn(tx, agentId, rule);
    const now = await databaseTime(tx);
    const [standing] = await tx.rows<{ until: Date }>('SELECT until FROM alert_mute WHERE agent_id = $1 AND rule = $2 AND ended_at IS NULL AND until > $3', [agentId, rule, now]);
    if (standing) throw conflict('This rule is muted for this agent already. End that first to set another time.', { until: standing.until.toISOString() });
    const muteId = newId();
    const until = new Date(now.getTime() + forMs);
    await tx.rows('INSERT INTO alert_mute (id, rule, agent_id, until, why, muted_by, muted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', [muteId, rule, agentId, until, why, JSON.stringify(recordedActor(ctx.actor)), now]);
    await record(tx, ctx, [organisationEvent('alert.muted', { muteId, rule, agentId, until: until.toISOString(), why }, { agentId })]);
    return { muteId, until: until.toISOString() };
  });
}

/** Ends a mute before its time: what was gathered meanwhile is open again at once. */
export async function endMute(ctx: Context, input: unknown): Promise<{ muteId: string }> {
  authorise(ctx, 'alert.mute');
  const { muteId } = parseInput(muteIdSchema, input);
  return sqlTransaction(async (tx) => {
    const [mute] = await tx.rows<{ rule: string; agentId: string; until: Date; over: boolean }>(`SELECT rule, agent_id AS "agentId", until, ended_at IS NOT NULL OR until <= clock_timestamp() AS over FROM alert_mute WHERE id = $1 FOR NO KEY UPDATE`, [muteId]);
    if (!mute) throw notFound('There is no such mute.');
    if (mute.over) throw conflict('This mute is over already.');
    await tx.rows('UPDATE alert_mute SET ended_at = clock_timestamp(), ended_by = $2 WHERE id = $1', [muteId, JSON.stringify(recordedActor(ctx.actor))]);
    await record(tx, ctx, [organisationEvent('alert.unmuted', { muteId, rule: mute.rule, agentId: mute.agentId, until: mute.until.toISOString() }, { agentId: mute.agentId })]);
    return { muteId };
  });
}

/** Two alerts of one rule and agent are two rows: whoever mutes by either waits for the other. */
const takeTurn = (tx: Sql, agentId: string, rule: string) => tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('countersign/mute/' || $1 || '/' || $2, 0))::text`, [agentId, rule]);
