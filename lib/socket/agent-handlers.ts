import { loadAgent } from '@/lib/agents';
import { conflict, forbidden, unauthenticated } from '@/lib/errors';
import {
  addInput, addSpans, attachByOpening, attachedSession, checkOutput, decideAction, finishAction, openDecisions, sessionOfAction, startAction, submitPlan, type Gate, type LiveSession,
} from '@/lib/gate';
import { closeSession } from '@/lib/sessions';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { AgentEventBody, AgentEventName } from '@/lib/protocol/agent-events';
import type { Decision } from '@/lib/protocol/decision';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { verifyAgentToken } from '@/lib/signing';
import type { AgentConnection } from './agent-connection';
import { tokenRevoked } from './token-revoked';

export type Handling = { gate: Gate; connection: AgentConnection; tokenKeys: () => KeySet };
type Handlers = { [N in AgentEventName]: (handling: Handling, body: AgentEventBody<N>) => Promise<AgentAnswer<N>> };

/** A refused start carries the decision that refuses it, beside an error that even the simplest client stops at. */
export class StartRefused extends Error {
  constructor(readonly decision: Decision) { super(decision.reason); }
}

export const revokedToken = () => unauthenticated('A stop has revoked this token. Get a new one from /api/oauth/token.');

/** What each event does: make a context, call the verb. */
export const agentHandlers: Handlers = {
  async 'lease.renew'({ gate, connection }) {
    const sessions = await gate.renewals.renew(connection.instance.id);
    connection.renewLease();
    return { leaseMs: gate.leaseMs, leaseExpiresAt: connection.leaseExpiresAt.toISOString(), sessions };
  },

  async 'auth.refresh'({ gate, connection, tokenKeys }, { token }) {
    const checked = verifyAgentToken(token, { keys: tokenKeys(), issuer: gate.issuer, now: new Date() });
    if (!checked.ok) throw unauthenticated('This token does not hold. Get a new one from /api/oauth/token.');
    if (checked.claims.sub !== connection.agent.id) throw forbidden('This token belongs to another agent.');
    const agent = await loadAgent(connection.agent.id);
    if (!agent || tokenRevoked(gate, agent, checked.claims)) throw revokedToken();
    connection.capabilities = checked.claims.authorization_details;
    connection.watchToken(checked.expiresAt);
    return { expiresAt: checked.expiresAt.toISOString() };
  },

  async 'session.open'({ gate, connection }, body) {
    connection.requireLease();
    const session = await attachByOpening(gate, connection.context(), connection, body);
    const { row } = session;
    const { version, sha256 } = gate.bundle();
    return {
      session: { id: row.id, state: row.state, generation: row.generation, enforcement: row.enforcement },
      leaseMs: gate.leaseMs, leaseExpiresAt: connection.leaseExpiresAt.toISOString(), policy: { version, sha256 }, canary: row.canary, delimiter: row.delimiter,
    };
  },

  async 'session.close'({ gate, connection }, body) {
    await closeSession(connection.context(), body, connection.agent.id, connection.instance.id);
    const attached = gate.sessions.get(body.sessionId);
    if (attached) attached.stale = true;
    return {};
  },

  async 'input.add'({ gate, connection }, body) {
    connection.requireLease();
    return addInput(gate, connection.context(), await attachedSession(gate, connection, body.sessionId), body);
  },

  async 'plan.submit'({ gate, connection }, body) {
    connection.requireLease();
    return submitPlan(gate, connection.context(), await attachedSession(gate, connection, body.sessionId), body);
  },

  async 'action.request'({ gate, connection }, body) {
    connection.requireLease();
    const session = await attachedSession(gate, connection, body.sessionId);
    return { decision: await decideAction(gate, connection.context(), session, body) };
  },

  async 'action.started'({ gate, connection }, { actionId }) {
    connection.requireLease();
    const session = await sessionHolding(gate, connection, actionId);
    const refused = await startAction(gate, connection.context(), session, actionId);
    if (refused) throw new StartRefused(refused);
    return {};
  },

  async 'action.result'({ gate, connection }, body) {
    // Evidence is taken whatever has happened to the lease or the session meanwhile.
    return finishAction(gate, connection.context(), await sessionHolding(gate, connection, body.actionId), body);
  },

  async 'output.check'({ gate, connection }, body) {
    connection.requireLease();
    return checkOutput(gate, connection.context(), await attachedSession(gate, connection, body.sessionId), body);
  },

  async 'spans.add'({ gate, connection }, body) {
    return addSpans(gate, connection.context(), await attachedSession(gate, connection, body.sessionId), body);
  },

  async sync({ gate, connection }, { sessionIds }) {
    connection.requireLease();
    const sessions: AgentAnswer<'sync'>['sessions'] = [];
    for (const id of new Set(sessionIds)) {
      const session = await attachedSession(gate, connection, id);
      if (session.row.instanceId !== connection.instance.id) throw conflict('Another instance has taken this session over.');
      const decisions = await openDecisions(gate, connection.context(), session);
      sessions.push({ id, state: session.row.state, decisions });
    }
    return { sessions };
  },
};

async function sessionHolding(gate: Gate, connection: AgentConnection, actionId: string): Promise<LiveSession> {
  for (const id of connection.sessionIds) {
    const session = gate.sessions.get(id);
    if (!session) connection.sessionIds.delete(id);
    else if (session.row.instanceId === connection.instance.id && session.byAction.has(actionId)) return session;
  }
  return sessionOfAction(gate, connection, actionId);
}
