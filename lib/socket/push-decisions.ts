import type { Channel } from '@/lib/db';
import { loadAgent } from '@/lib/agents';
import { attachedSession, currentDecision, decidedOf, giveBackDenied, knownAction, type Gate } from '@/lib/gate';
import { haltAckSchema } from '@/lib/protocol/agent-answers';
import { resumesMissedBy, type SwitchChange } from '@/lib/switches';
import type { AgentConnection } from './agent-connection';

/** How long an agent has to acknowledge what it is told (milliseconds). What it misses it gets by `sync`. */
const ACK_MS = 10_000;
/** So many agents are told in one go; between, the gateway answers others and says how far it has come, which the fence waits for. */
const AT_ONCE = 100;
/** What is being told yet: what came first is told first, or an agent would resume before it has paused. */
const turns = new WeakMap<Gate, Promise<void>>();

/** Reacts to what other processes did: tells agents of decisions, drops what is out of date, closes whom was disabled. */
export function onNotice(gate: Gate, connections: Map<string, AgentConnection>, channel: Channel, payload: Record<string, unknown>): void {
  const { id, sessionId, actionId, baselineOf } = payload;
  if (channel === 'cs_session' && typeof id === 'string') {
    const session = gate.sessions.get(id);
    if (session) session.stale = true;
  } else if (channel === 'cs_approval' && typeof sessionId === 'string' && typeof actionId === 'string') {
    const session = gate.sessions.get(sessionId);
    if (session) session.stale = true;
    void pushDecision(gate, connections, sessionId, actionId).catch((error: unknown) => gate.logger.warn({ err: error, actionId }, 'a decision could not be told; the agent gets it by sync'));
  } else if (channel === 'cs_agent' && typeof baselineOf === 'string') {
    void gate.baselines.refresh(baselineOf);
  } else if (channel === 'cs_agent' && typeof id === 'string') {
    void agentChanged(connections, id).catch((error: unknown) => gate.logger.warn({ err: error, agentId: id }, 'a changed agent could not be read again'));
  }
}

async function pushDecision(gate: Gate, connections: Map<string, AgentConnection>, sessionId: string, actionId: string): Promise<void> {
  const attached = gate.sessions.get(sessionId);
  const connection = attached && connections.get(attached.row.instanceId);
  if (!connection?.socket.connected) return;
  const session = await attachedSession(gate, connection, sessionId);
  const action = await knownAction(session, actionId);
  if (!action || action.startedAt) return;
  const decision = await currentDecision(gate, connection.context(), session, action);
  if (decision.decision === 'ask') {
    // Others are asked now than those who agreed: the agent learns until when.
    if (decision.approval && decision.approval.id !== action.approval?.id) await connection.socket.timeout(ACK_MS).emitWithAck('decision', { decision });
    return;
  }
  // Told once, by whichever comes first, the notice or the look at the rows; what the agent does not hear it gets by `sync`.
  if (!session.waiting.delete(actionId)) return;
  if (decision.decision === 'deny') giveBackDenied(gate, session, action);
  gate.metrics.decisions.inc({ decision: decision.decision, code: decision.code });
  await connection.socket.timeout(ACK_MS).emitWithAck('decision', { decision });
}

/** Tells what was decided while nobody told us: notices are lost with their connection, the rows are not. */
export async function tellWaiting(gate: Gate, connections: Map<string, AgentConnection>): Promise<void> {
  const sessionOf = new Map<string, string>();
  for (const session of gate.sessions.values()) {
    if (session.waiting.size > 0 && connections.get(session.row.instanceId)?.socket.connected) for (const actionId of session.waiting) sessionOf.set(actionId, session.row.id);
  }
  for (const actionId of await decidedOf([...sessionOf.keys()])) {
    await pushDecision(gate, connections, sessionOf.get(actionId)!, actionId).catch((error: unknown) => gate.logger.warn({ err: error, actionId }, 'a decision could not be told yet'));
  }
}

async function agentChanged(connections: Map<string, AgentConnection>, agentId: string): Promise<void> {
  const agent = await loadAgent(agentId);
  for (const connection of connections.values()) {
    if (connection.agent.id !== agentId) continue;
    if (agent?.active) connection.agent = agent;
    else connection.close('unauthenticated', 'This agent was disabled.');
  }
}

/** Tells the agents in the scope of an order what control has signed: halt, pause, resume. */
export function onSwitchChange(gate: Gate, connections: Map<string, AgentConnection>, change: SwitchChange): void {
  for (const session of gate.sessions.values()) session.stale = true;
  for (const order of change.signed) if (order.orderJws) tell(gate, connections, order.kind === 'pause' ? 'pause' : 'halt', order, order.orderJws);
  for (const lifted of change.lifted) if (lifted.order.kind === 'pause') tell(gate, connections, 'resume', lifted.order, lifted.releaseJws);
}

/** An agent that comes back is told again of every stop that stands over it. */
export function tellStanding(gate: Gate, connection: AgentConnection): void {
  const own = new Map([[connection.instance.id, connection]]);
  for (const order of gate.switches.orders.list) if (order.orderJws) tell(gate, own, order.kind === 'pause' ? 'pause' : 'halt', order, order.orderJws);
}

/** And of every pause that was lifted over its sessions meanwhile: it may have been away when that was told. After what stands, so that the last word is the newest. */
export async function tellMissedResumes(gate: Gate, connection: AgentConnection): Promise<void> {
  try {
    for (const { releaseJws } of await resumesMissedBy(connection.instance.id)) await connection.socket.timeout(ACK_MS).emitWithAck('resume', { orderJws: releaseJws });
  } catch (error) {
    gate.logger.info({ err: error, instanceId: connection.instance.id }, 'an agent could not be told what was resumed while it was away; it is told when it connects again');
  }
}

type Cover = { id: string; scope: string; target: string | null; environment: string | null };

function tell(gate: Gate, connections: ReadonlyMap<string, AgentConnection>, event: 'halt' | 'pause' | 'resume', order: Cover, orderJws: string): void {
  if (order.environment !== null && order.environment !== gate.environment) return;
  // A class of tools is stopped at the gate; the sessions that use others go on.
  if (order.scope === 'class') return;
  const reached = [...connections.values()].filter((connection) => covers(gate, order, connection));
  if (reached.length <= AT_ONCE && !turns.has(gate)) { for (const connection of reached) tellOne(gate, connection, event, order, orderJws); return; }
  const turn = (turns.get(gate) ?? Promise.resolve()).then(async () => {
    for (let from = 0; from < reached.length; from += AT_ONCE) {
      for (const connection of reached.slice(from, from + AT_ONCE)) tellOne(gate, connection, event, order, orderJws);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }).finally(() => { if (turns.get(gate) === turn) turns.delete(gate); });
  turns.set(gate, turn);
}

function tellOne(gate: Gate, connection: AgentConnection, event: 'halt' | 'pause' | 'resume', order: Cover, orderJws: string): void {
  void connection.socket.timeout(ACK_MS).emitWithAck(event, { orderJws }).then(async (answer: unknown) => {
    const acknowledgement = haltAckSchema.safeParse(answer);
    if (event !== 'halt' || !acknowledgement.success || acknowledgement.data.stopped.length === 0) return;
    await gate.acknowledgements.take(connection.context(), { orderId: order.id, acknowledgement: acknowledgement.data });
  }).catch((error: unknown) => gate.logger.info({ err: error, instanceId: connection.instance.id, event }, 'an agent did not acknowledge'));
}

function covers(gate: Gate, order: Cover, connection: AgentConnection): boolean {
  switch (order.scope) {
    case 'global': return true;
    case 'agent': return connection.agent.id === order.target;
    case 'instance': return connection.instance.id === order.target;
    case 'session': return gate.sessions.get(order.target ?? '')?.row.instanceId === connection.instance.id;
    default: return false;
  }
}
