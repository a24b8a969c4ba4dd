import type { Context } from '@/lib/context';
import { shareKeyTurn, sqlTransaction, type Sql } from '@/lib/db';
import { conflict, invalid, notFound } from '@/lib/errors';
import { sessionEvent, type NewEvent, record } from '@/lib/log';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import { newId } from '@/lib/protocol/ids';
import { createDataKey, type Wrapper } from '@/lib/signing';
import { sessionDataKey } from '@/lib/payloads';
import { noteBornPaused, requireNotHeld } from '@/lib/switches';
import { readSession } from './read-session';
import type { SessionRow } from './schema';
import { newMarks } from './session-marks';

export type OpenedSession = { session: SessionRow; dataKey: Buffer; fresh: boolean; previousInstanceId?: string };

type By = {
  agent: { id: string; name: string; enforced: boolean; simulated: boolean };
  instance: { id: string; name: string };
  policyVersion: string;
  wrapper: Wrapper;
  /** The standing stop that a new session would fall under, if any: it is then born stopped. */
  bornStoppedBy?: string;
  /** The same of a pause: it is born paused, and goes on with the others. */
  bornPausedBy?: string;
};

/** Opens a new session, returns to one of one's own, or takes one over from another instance of the same agent. */
export async function openSession(ctx: Context, input: AgentEventBody<'session.open'>, by: By): Promise<OpenedSession> {
  return sqlTransaction(async (tx) => {
    if (input.sessionId) {
      const existing = await readSession(tx, input.sessionId, true);
      if (existing) return returnTo(tx, ctx, existing, by);
    }
    if (input.parentSessionId && !(await readSession(tx, input.parentSessionId))) throw invalid('/parentSessionId: there is no such session.', [{ path: '/parentSessionId', message: 'there is no such session' }]);
    return openNew(tx, ctx, input, by);
  });
}

async function openNew(tx: Sql, ctx: Context, input: AgentEventBody<'session.open'>, by: By): Promise<OpenedSession> {
  const id = input.sessionId ?? newId();
  await shareKeyTurn(tx, 'payload-wrapping');
  const { dataKey, wrapped } = await createDataKey(by.wrapper, id);
  const session: SessionRow = {
    id, agentId: by.agent.id, instanceId: by.instance.id, generation: 1, state: by.bornStoppedBy ? 'stopped' : by.bornPausedBy ? 'paused' : 'open',
    enforcement: by.agent.enforced ? 'enforced' : 'cooperative', purpose: input.purpose,
    // Without a token of an issuer that we know, who stands behind the agent is its own claim.
    principal: input.principal ? { type: input.principal.type, id: input.principal.id, ...(input.principal.name === undefined ? {} : { name: input.principal.name }), verified: false } : null,
    ...newMarks(), untrustedSeen: false, openedAt: ctx.now(),
  };
  const inserted = await tx.rows(
    `INSERT INTO session (id, agent_id, instance_id, state, enforcement, purpose, principal_type, principal_id, principal_name, model, parent_session_id, metadata, canary, delimiter, opened_at, stopped_by, ended_at)
     VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17) ON CONFLICT (id) DO NOTHING RETURNING id`,
    [id, session.agentId, session.instanceId, session.state, session.enforcement, session.purpose, input.principal?.type ?? null, input.principal?.id ?? null, input.principal?.name ?? null,
      input.model ?? null, input.parentSessionId ?? null, JSON.stringify(input.metadata ?? {}), session.canary, session.delimiter, session.openedAt, by.bornStoppedBy ?? null, by.bornStoppedBy ? session.openedAt : null],
  );
  if (inserted.length === 0) throw conflict('This session is being opened by somebody else at this moment. Ask again.');
  // After the row is there, by what is committed at this moment. In a stopped scope it is born stopped, which says more.
  if (!by.bornStoppedBy) await requireNotHeld(tx, by.agent.id);
  await tx.rows('INSERT INTO session_key (session_id, wrapped, wrapping_key_id) VALUES ($1, $2, $3)', [id, wrapped.bytes, wrapped.keyId]);
  await record(tx, ctx, [
    sessionEvent(id, 'session.opened', {
      agentId: by.agent.id, agentName: by.agent.name, instanceId: by.instance.id, instanceName: by.instance.name, purpose: input.purpose, enforcement: session.enforcement,
      principal: session.principal, model: input.model ?? null, parentSessionId: input.parentSessionId ?? null, policyVersion: by.policyVersion, simulated: by.agent.simulated,
      ...(by.bornStoppedBy ? { bornStoppedBy: by.bornStoppedBy } : {}),
    }, { agentId: by.agent.id }),
    ...(by.bornPausedBy ? [sessionEvent(id, 'session.paused', { orderId: by.bornPausedBy }, { agentId: by.agent.id })] : []),
  ]);
  if (by.bornPausedBy) await noteBornPaused(tx, by.bornPausedBy, session);
  await notify(tx, id);
  return { session, dataKey, fresh: true };
}

async function returnTo(tx: Sql, ctx: Context, existing: SessionRow, by: By): Promise<OpenedSession> {
  if (existing.agentId !== by.agent.id) throw notFound('There is no such session of this agent.');
  if (existing.state === 'closed' || existing.state === 'stopped') throw conflict(`This session is ${existing.state}, and that is final. Open a new one.`, { state: existing.state });
  const events: NewEvent[] = [];
  const session = { ...existing };
  if (existing.instanceId !== by.instance.id) {
    session.instanceId = by.instance.id;
    session.generation += 1;
    events.push(sessionEvent(existing.id, 'session.taken_over', { instanceId: by.instance.id, previousInstanceId: existing.instanceId, generation: session.generation }, { agentId: by.agent.id }));
  }
  if (existing.state === 'lost') {
    session.state = 'open';
    events.push(sessionEvent(existing.id, 'session.regained', { instanceId: by.instance.id }, { agentId: by.agent.id }));
  }
  if (events.length > 0) {
    await tx.rows('UPDATE session SET instance_id = $2, generation = $3, state = $4, lost_at = NULL WHERE id = $1', [session.id, session.instanceId, session.generation, session.state]);
    await record(tx, ctx, events);
    await notify(tx, session.id);
  }
  return { session, dataKey: await sessionDataKey(tx, session.id, by.wrapper), fresh: false, ...(existing.instanceId === by.instance.id ? {} : { previousInstanceId: existing.instanceId }) };
}

const notify = (tx: Sql, id: string) => tx.rows('SELECT pg_notify($1, $2)::text', ['cs_session', JSON.stringify({ id })]);
