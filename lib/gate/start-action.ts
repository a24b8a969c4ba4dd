import { recordedActor, type Context } from '@/lib/context';
import { conflict, notFound, unavailable } from '@/lib/errors';
import { sessionEvent, type NewEvent } from '@/lib/log';
import type { Decision } from '@/lib/protocol/decision';
import { matchingOrder } from '@/lib/switches/rules';
import { beginDecision, type Gate } from './gate';
import { readAction } from './known-actions';
import { movedFrom, remember, type LiveSession } from './live-session';
import { oneAtATime } from './one-at-a-time';
import { refreshSession } from './refresh-session';

const MOST_TRIES = 8;

/**
 * The agent is about to run the tool. Undefined means go ahead, and it is on record; a decision means that something
 * stopped it meanwhile. An action starts once: a second start is a `conflict`.
 */
export function startAction(gate: Gate, ctx: Context, session: LiveSession, actionId: string): Promise<Decision | undefined> {
  return oneAtATime(actionId, () => start(gate, ctx, session, actionId));
}

async function start(gate: Gate, ctx: Context, session: LiveSession, actionId: string): Promise<Decision | undefined> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    const { placed } = session;
    const view = beginDecision(gate);
    try {
      const held = session.byAction.get(actionId);
      // What was allowed outright and is as this gateway left it needs no look at the database.
      const quick = held && held.version === session.version && !held.approval ? held : undefined;
      const read = quick ? undefined : await readAction(session, { actionId });
      const action = quick ?? read?.action;
      if (!action) throw notFound('There is no such action in this session.');
      if (action.decision.decision !== 'allow') return action.decision;
      if (action.startedAt || action.finishedAt) throw conflict('This action was started before. An action runs once; ask anew with a new requestId.');
      const tool = gate.bundle().prepared.tools.get(action.tool);
      const order = matchingOrder(view.orders, { sessionId: session.row.id, instanceId: session.row.instanceId, agentId: session.row.agentId, classes: tool?.tool.classes ?? [], environment: gate.environment });
      const stopped: Decision | undefined = order ? { ...action.decision, decision: 'deny', code: 'switch.engaged', reason: 'A stop was engaged after this was allowed. Do not run it.' }
        : session.row.state !== 'open' ? { ...action.decision, decision: 'deny', code: 'session.not_open', reason: `This session is ${session.row.state}. Do not run it.` } : undefined;
      // A tool server that redeemed the permit first has used the approval for this very action.
      const redeemedFirst = action.redeemedAt !== null && action.approval?.state === 'used';
      if (!stopped && action.approval && action.approval.state !== 'approved' && !redeemedFirst) return { ...action.decision, decision: 'deny', code: 'approval.cancelled', reason: 'The approval was cancelled or used before.' };
      if (!stopped && action.permitExpiresAt === null) throw conflict('Collect the permit first: send action.request again with the same requestId.');
      const now = ctx.now();
      if (!stopped && action.permitExpiresAt!.getTime() + 1_000 < now.getTime()) throw conflict('The permit has expired. Send action.request again with the same requestId for a fresh one.');
      const appended = await gate.writer.append(`session/${session.row.id}`, view.generation, recordedActor(ctx.actor), (_seq, recordedAt) => {
        if (stopped) return { events: [sessionEvent(session.row.id, 'action.refused', { actionId, code: stopped.code, reason: stopped.reason }, { agentId: action.agentId })] };
        const events: NewEvent[] = [sessionEvent(session.row.id, 'action.started', { actionId, tool: action.tool }, { agentId: action.agentId })];
        if (action.approval && !redeemedFirst) events.push(sessionEvent(session.row.id, 'approval.used', { approvalId: action.approval.id, actionId }, { agentId: action.agentId }));
        return {
          events, changes: [{ id: actionId, started_at: recordedAt }],
          ...(action.approval ? { used: [{ id: action.approval.id, used_at: recordedAt }] } : {}),
        };
      }, placed);
      if (appended.kind === 'overtaken') continue;
      if (appended.kind === 'generation_moved') {
        // Nothing was written, so a fence need not wait for the reading.
        view.end();
        await gate.switches.reach(appended.generation);
        continue;
      }
      if (appended.kind === 'stream_moved') { movedFrom(session, placed); continue; }
      if (stopped) return stopped;
      if (!view.stillCurrent() && matchingOrder(gate.switches.orders, { sessionId: session.row.id, instanceId: session.row.instanceId, agentId: session.row.agentId, classes: tool?.tool.classes ?? [], environment: gate.environment })) {
        return { ...action.decision, decision: 'deny', code: 'switch.engaged', reason: 'A stop was engaged while this was starting. Do not run it.' };
      }
      // A view that has aged meanwhile shows nothing; it does not show that nothing is stopped.
      if (!gate.switches.fresh) throw unavailable('This gateway cannot see at the moment what is stopped. Do not run the tool; ask again with a new requestId.', 500);
      action.startedAt = now;
      session.usage.began({ name: action.tool, classes: tool?.tool.classes ?? [] });
      remember(session, action);
      return undefined;
    } finally {
      view.end();
    }
  }
  throw unavailable('This session is changing faster than it can be decided. Do not run the tool; send action.started again.', 200);
}
