import { createHash } from 'node:crypto';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { isDatabaseAway, sql, sqlTransaction, type Sql } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { CLEAN, KEPT } from './clean-sessions';
import { makeBaseline } from './make-baseline';
import { readSessionFacts } from './read-session-facts';
import { sessionSummarySchema, WINDOW, type SessionSummary } from './schema';
import { summariseSession } from './summarise-session';

const AT_ONCE = 100;
/** Goes up when a summary or a baseline means something else than before: all are made again then. */
const MAKE = 1;

export type Learned = { sessions: number; baselines: number };

/**
 * Learns from sessions that ended since `since` (any, without it, and then every baseline is held against its window again) and are clean.
 * Any number of workers may do this at once and be ended at any moment: a session teaches once, and equal sessions make an equal baseline.
 * An agent that cannot be learned about holds up no other; throws for it at the end.
 */
export async function learnBaselines(ctx: Context, { since }: { since?: Date } = {}): Promise<Learned> {
  authorise(ctx, 'payload.read');
  if (ctx.actor.kind !== 'system') throw forbidden('What is usual is learned by the worker.');
  const done: Learned = { sessions: 0, baselines: 0 };
  const agents = new Set<string>();
  const failed = new Set<string>();
  let trouble: unknown;
  const attempt = async (id: string, work: () => Promise<void>) => {
    try { await work(); } catch (error) {
      if (isDatabaseAway(error)) throw error;
      trouble ??= error;
      failed.add(id);
    }
  };
  for (;;) {
    const due = await dueSessions(since, [...failed]);
    if (due.length === 0) break;
    for (const session of due) {
      await attempt(session.id, async () => {
        const facts = await readSessionFacts(session);
        const summary = facts && facts.calls.length > 0 ? summariseSession(facts) : null;
        const [first] = await sql.rows('INSERT INTO behaviour_session (session_id, agent_id, ended_at, summary) VALUES ($1, $2, $3, $4) ON CONFLICT (session_id) DO NOTHING RETURNING 1', [session.id, session.agentId, session.endedAt, summary && JSON.stringify(summary)]);
        if (first) done.sessions += 1;
        agents.add(session.agentId);
      });
    }
  }
  if (!since) for (const { id } of await sql.rows<{ id: string }>('SELECT agent_id AS id FROM behaviour_session UNION SELECT agent_id FROM behaviour_baseline')) agents.add(id);
  for (const agentId of [...agents].sort()) await attempt(agentId, async () => { if (await sqlTransaction((tx) => learnAgent(tx, ctx, agentId))) done.baselines += 1; });
  if (trouble !== undefined) throw new Error(`${failed.size} sessions or agents could not be learned from yet; they are tried again`, { cause: trouble });
  return done;
}

type Due = { id: string; agentId: string; openedAt: Date; endedAt: Date };

/** The newest of each agent that fit into its window and have taught nothing yet. What drills start is stopped, and no agent of anybody's. */
const dueSessions = (since: Date | undefined, failed: readonly string[]) => sql.rows<Due>(
  `SELECT id, "agentId", "openedAt", "endedAt" FROM (
     SELECT s.id, s.agent_id AS "agentId", s.opened_at AS "openedAt", s.ended_at AS "endedAt", b.session_id AS taught, row_number() OVER (PARTITION BY s.agent_id ORDER BY s.ended_at DESC, s.id DESC) AS place
     FROM session s JOIN agent a ON a.id = s.agent_id LEFT JOIN behaviour_session b ON b.session_id = s.id
     WHERE ${CLEAN} AND ${KEPT} AND NOT a.drill AND ($1::timestamptz IS NULL OR s.ended_at > $1)
   ) recent WHERE taught IS NULL AND place <= ${WINDOW.sessions} AND NOT id = ANY($2::uuid[]) ORDER BY "endedAt", id LIMIT ${AT_ONCE}`, [since ?? null, failed]);

/** Makes the agent's baseline of what is in its window now; false when that is what it was made of already. */
async function learnAgent(tx: Sql, ctx: Context, agentId: string): Promise<boolean> {
  // One worker an agent: the second finds that nothing is left to do.
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('behaviour ' || $1, 0))::text`, [agentId]);
  // Some more than are learned from, for those that come to light as not clean. Of a session that was erased no word is left here either.
  await tx.rows(`DELETE FROM behaviour_session WHERE agent_id = $1 AND (session_id IN (SELECT k.session_id FROM session_key k JOIN behaviour_session b USING (session_id) WHERE b.agent_id = $1 AND k.erased_at IS NOT NULL) OR ended_at <= clock_timestamp() - interval '${WINDOW.days} days' OR session_id NOT IN (SELECT session_id FROM behaviour_session WHERE agent_id = $1 ORDER BY ended_at DESC, session_id DESC LIMIT ${2 * WINDOW.sessions}))`, [agentId]);
  const rows = await tx.rows<{ id: string }>(
    `SELECT s.id FROM behaviour_session b JOIN session s ON s.id = b.session_id WHERE b.agent_id = $1 AND b.summary IS NOT NULL AND ${CLEAN} AND ${KEPT} ORDER BY s.ended_at DESC, s.id DESC LIMIT ${WINDOW.sessions}`, [agentId]);
  const ids = rows.map(({ id }) => id).sort();
  const basis = createHash('sha256').update(`${MAKE} ${ids.join(' ')}`).digest('hex');
  const [standing] = await tx.rows<{ version: number; basis: string }>('SELECT version, basis FROM behaviour_baseline WHERE agent_id = $1', [agentId]);
  if (standing ? standing.basis === basis : ids.length === 0) return false;
  const summaries = (await tx.rows<{ summary: unknown }>('SELECT summary FROM behaviour_session WHERE session_id = ANY($1::uuid[])', [ids])).map(({ summary }): SessionSummary => sessionSummarySchema.parse(summary));
  const baseline = makeBaseline(summaries);
  const version = (standing?.version ?? 0) + 1;
  await tx.rows(
    `INSERT INTO behaviour_baseline (agent_id, version, basis, sessions, calls, summary, learned_at) VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
     ON CONFLICT (agent_id) DO UPDATE SET version = $2, basis = $3, sessions = $4, calls = $5, summary = $6, learned_at = clock_timestamp()`,
    [agentId, version, basis, baseline.sessions, Math.round(baseline.calls), JSON.stringify(baseline)]);
  await record(tx, ctx, [organisationEvent('agent.baseline_learned', { agentId, version, basis, sessions: baseline.sessions, calls: Math.round(baseline.calls) })]);
  await tx.rows('SELECT pg_notify($1, $2)::text', ['cs_agent', JSON.stringify({ baselineOf: agentId })]);
  return true;
}
