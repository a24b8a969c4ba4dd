import type { KnownAgent } from '@/lib/agents';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { sessionStream } from '@/lib/log';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import type { Origin } from '@/lib/protocol/decision';
import type { Capability } from '@/lib/protocol/identity';
import { readPayloads, sessionDataKey } from '@/lib/payloads';
import { openSession, readSession } from '@/lib/sessions';
import { matchingOrder } from '@/lib/switches/rules';
import { beginDecision, type Gate } from './gate';
import { makeLiveSession, type LiveSession } from './live-session';
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
  if (!fresh) await recall(session);
  const today = new Date();
  // Read once a day and agent: it looks at all that the agent did today, and many sessions may come back at once.
  const [spent] = gate.budgets.knowsDayCost(agentId, today) ? [] : await sql.rows<{ cost: number }>(
    `SELECT coalesce(sum((detail->>'costE4')::bigint), 0)::float AS cost FROM action WHERE agent_id = $1 AND decided_at >= date_trunc('day', $2::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AND decision <> 'deny' AND (detail->>'costE4')::bigint > 0`, [agentId, today]);
  if (spent) gate.budgets.setDayCost(agentId, today, spent.cost);
  await refreshSession(gate, session);
  gate.sessions.set(id, session);
  gate.metrics.sessions.set(gate.sessions.size);
  return session;
}

/** What this session had read and called before it came to this gateway, from the log. */
async function recall(session: LiveSession): Promise<void> {
  const { id } = session.row;
  const [counted] = await sql.rows<{ calls: number; running: number; cost: number }>(
    `SELECT count(*) FILTER (WHERE decision <> 'deny')::int AS calls, count(*) FILTER (WHERE started_at IS NOT NULL AND finished_at IS NULL)::int AS running,
       coalesce(sum((detail->>'costE4')::bigint) FILTER (WHERE decision <> 'deny'), 0)::float AS cost FROM action WHERE session_id = $1`, [id]);
  session.calls = counted!.calls;
  session.running = counted!.running;
  session.costE4 = counted!.cost;
  for (const { id: actionId } of await sql.rows<{ id: string }>(`SELECT action_id AS id FROM approval WHERE session_id = $1 AND state IN ('pending', 'partially_approved')`, [id])) session.waiting.add(actionId);
  const events = await sql.rows<{ seq: bigint; body: string }>(`SELECT seq, body FROM log.event WHERE stream = $1 AND type IN ('input.added', 'action.finished') ORDER BY seq DESC LIMIT 200`, [sessionStream(id)]);
  const texts = events.reverse().map((row) => {
    const { data } = JSON.parse(row.body) as { data: { origin?: Origin; content?: { payloadId: string }; output?: { payloadId: string } | null } };
    return { seq: Number(row.seq), origin: data.origin ?? ('tool' as const), payloadId: data.content?.payloadId ?? data.output?.payloadId };
  });
  const payloads = await readPayloads(id, texts.flatMap((text) => text.payloadId ?? []));
  for (const text of texts) {
    const value = text.payloadId === undefined ? undefined : payloads.get(text.payloadId);
    if (value !== undefined) session.seen.add(text.seq, text.origin, typeof value === 'string' ? value : JSON.stringify(value));
  }
}
