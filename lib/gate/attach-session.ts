import type { KnownAgent } from '@/lib/agents';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import type { Capability } from '@/lib/protocol/identity';
import { sessionDataKey } from '@/lib/payloads';
import { openSession, readSession } from '@/lib/sessions';
import { matchingOrder } from '@/lib/switches/rules';
import { beginDecision, type Gate } from './gate';
import { makeLiveSession, type LiveSession } from './live-session';
import { recallSession } from './recall-session';
import { refreshSession } from './refresh-session';

/** Whoever holds the connection that a session is reached by. */
export type Holder = { agent: KnownAgent; instance: { id: string; name: string }; capabilities: readonly Capability[]; sessionIds: Set<string> };

/** Opens, returns to or takes over a session and attaches it to this gateway. In a stopped scope it is born stopped, in a paused one paused. */
export async function attachByOpening(gate: Gate, ctx: Context, holder: Holder, body: AgentEventBody<'session.open'>): Promise<LiveSession> {
  const view = beginDecision(gate);
  try {
    const order = matchingOrder(view.orders, { ...(body.sessionId ? { sessionId: body.sessionId } : {}), instanceId: holder.instance.id, agentId: holder.agent.id, environment: gate.environment });
    const opened = await openSession(ctx, body, {
      agent: holder.agent, instance: holder.instance, policyVersion: gate.bundle().version, wrapper: gate.wrapper,
      ...(order?.kind === 'stop' ? { bornStoppedBy: order.id } : order?.kind === 'pause' ? { bornPausedBy: order.id } : {}),
    });
    const session = makeLiveSession(opened.session, holder.agent, holder.capabilities, opened.dataKey, opened.fresh);
    return await complete(gate, holder, session, opened.fresh);
  } finally {
    view.end();
  }
}

/** The session for a request of this holder: attached already, or its own and attached now. */
export async function attachedSession(gate: Gate, holder: Holder, sessionId: string): Promise<LiveSession> {
  const attached = gate.sessions.get(sessionId);
  if (attached && attached.row.instanceId === holder.instance.id && attached.row.agentId === holder.agent.id) {
    attached.tokenCapabilities = holder.capabilities;
    attached.agent = holder.agent;
    holder.sessionIds.add(sessionId);
    return attached;
  }
  // Two requests that find it missing share one attachment: two memories of one session would not know of each other's requests.
  const key = `${sessionId} ${holder.instance.id}`;
  const under = gate.attaching.get(key) ?? attach(gate, holder, sessionId).finally(() => gate.attaching.delete(key));
  gate.attaching.set(key, under);
  return under;
}

async function attach(gate: Gate, holder: Holder, sessionId: string): Promise<LiveSession> {
  const row = await readSession(sql, sessionId);
  if (!row || row.agentId !== holder.agent.id) throw notFound('There is no such session of this agent. Open one with session.open.');
  if (row.instanceId !== holder.instance.id) throw conflict('Another instance has taken this session over.');
  const session = makeLiveSession(row, holder.agent, holder.capabilities, await sessionDataKey(sql, sessionId, gate.wrapper), false);
  return complete(gate, holder, session, false);
}

/** The attached session that holds an action; the action's own row says which when it is not remembered. */
export async function sessionOfAction(gate: Gate, holder: Holder, actionId: string): Promise<LiveSession> {
  const [row] = await sql.rows<{ session_id: string }>('SELECT session_id FROM action WHERE id = $1 AND agent_id = $2', [actionId, holder.agent.id]);
  if (!row) throw notFound('There is no such action of this agent.');
  return attachedSession(gate, holder, row.session_id);
}

async function complete(gate: Gate, holder: Holder, session: LiveSession, fresh: boolean): Promise<LiveSession> {
  holder.sessionIds.add(session.row.id);
  const held = gate.sessions.get(session.row.id);
  if (held && held.row.generation === session.row.generation && held.row.instanceId === session.row.instanceId) {
    await refreshSession(gate, held);
    return held;
  }
  const { id, agentId } = session.row;
  await gate.budgets.load(sql, fresh ? [`agent:${agentId}`] : [`session:${id}`, `agent:${agentId}`]);
  session.history = await gate.baselines.load(agentId);
  if (!fresh) {
    await recallSession(session, gate.bundle().prepared.tools);
    await recallWaiting(session);
  }
  await refreshSession(gate, session);
  gate.sessions.set(id, session);
  gate.metrics.sessions.set(gate.sessions.size);
  return session;
}

/** The questions of this session that a person has still to decide. */
async function recallWaiting(session: LiveSession): Promise<void> {
  for (const { id } of await sql.rows<{ id: string }>(`SELECT action_id AS id FROM approval WHERE session_id = $1 AND state IN ('pending', 'partially_approved')`, [session.row.id])) session.waiting.add(id);
}
