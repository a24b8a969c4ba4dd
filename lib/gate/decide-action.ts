import { cutText } from '@/lib/cut-text';
import { recordedActor, type Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { conflict, unavailable } from '@/lib/errors';
import { shapeOf } from '@/lib/approvals';
import { UNKNOWN_TOOL } from '@/lib/behaviour';
import { sessionEvent, Unwritten, type Commit } from '@/lib/log';
import { callSentence } from '@/lib/policies';
import type { AgentEventBody } from '@/lib/protocol/agent-events';
import type { Decision } from '@/lib/protocol/decision';
import { actionDigest } from '@/lib/protocol/digest';
import { newId } from '@/lib/protocol/ids';
import type { Reservation } from './budgets';
import { currentDecision } from './collect-decision';
import { constrainedMeanwhile } from './constrain-session';
import { beginDecision, requireFresh, type Gate } from './gate';
import { judge, type Judgement } from './judge';
import { knownRequest } from './known-actions';
import { movedFrom, remember, type KnownAction, type LiveSession } from './live-session';
import { isShared } from './limit-keys';
import { mintPermit } from './mint-permit';
import { fromE4 } from './money';
import type { PlanStanding } from './plans';
import { refreshSession } from './refresh-session';
import { refundShared, reserveShared } from './shared-budgets';
import { sealValue, type SealedText } from '@/lib/payloads';

/** How often a decision is taken again because a switch or the session changed while it was being written. */
const MOST_TRIES = 8;
/** Requests whose outcome is unknown and that nobody has asked for again, in one session; what the oldest took stays taken. */
const MOST_UNCERTAIN = 64;

/** Timing each check of every decision would cost more than the quick checks themselves. */
const TIMED_EVERY = 16;
let decided = 0;

/**
 * Decides one action: what was asked before gets the decision that stands now; anything new is judged, written, and
 * only then answered. Throws `conflict` for a request id with other arguments, `unavailable` when nothing can be decided.
 */
export async function decideAction(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'action.request'>): Promise<Decision> {
  // Before any work is put into it: a gateway that cannot decide must be quick to say so, or those who ask again keep it from recovering.
  requireFresh(gate);
  const digest = actionDigest(body.tool, body.args);
  const running = session.inFlight.get(body.requestId);
  if (running) {
    // What is granted may carry the digest of arguments that an approver changed: the question's own is compared.
    if (running.digest !== digest) throw otherArguments();
    return running.deciding;
  }
  const deciding = decideOnce(gate, ctx, session, body, digest);
  session.inFlight.set(body.requestId, { digest, deciding });
  try {
    return await deciding;
  } finally {
    session.inFlight.delete(body.requestId);
  }
}

const otherArguments = () => conflict('This requestId was used before with other arguments. Use a new requestId for a new action.');

async function decideOnce(gate: Gate, ctx: Context, session: LiveSession, body: AgentEventBody<'action.request'>, digest: string): Promise<Decision> {
  const from = performance.now();
  const known = await knownRequest(session, body.requestId);
  const uncertain = session.uncertain.get(body.requestId);
  session.uncertain.delete(body.requestId);
  if (known) {
    uncertain?.written(known);
    if (known.digest !== digest) throw otherArguments();
    return currentDecision(gate, ctx, session, known);
  }
  await uncertain?.notWritten();
  const args = sealValue(session.row.id, session.dataKey, 'args', body.args);
  const rationale = body.rationale ? sealValue(session.row.id, session.dataKey, 'rationale', body.rationale) : undefined;
  const receivedAt = ctx.now().toISOString();
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    // The switches are read first, again inside the statement that writes, and again before the answer.
    const { placed, row: { constrained } } = session;
    const view = beginDecision(gate);
    try {
      const now = ctx.now();
      const plan = session.plans.standing({ tool: body.tool, digest, planId: body.planId, stepId: body.stepId });
      const verdict = judge({ session, body, plan, active: gate.bundle(), orders: view.orders, budgets: gate.budgets, environment: gate.environment, now, monotonicMs: from, sent: args.row.bytes, ...(++decided % TIMED_EVERY === 0 ? { observe: gate.metrics.timeCheck } : {}) });
      const writing = prepare(gate, session, body, digest, verdict, plan, args, rationale, receivedAt);
      const undo = verdict.commit?.() ?? (() => {});
      const shared = verdict.reservations.filter(({ key }) => isShared(key));
      if (!(await takeShared(gate, shared, undo))) continue;
      const giveBack = async () => {
        undo();
        gate.budgets.learn(await refundShared(sql, shared));
      };
      /** What the session adds up to once it is written. */
      const count = (action: KnownAction) => {
        if (verdict.effect === 'ask') session.waiting.add(action.actionId);
        if (verdict.effect !== 'deny') session.plans.began(action.actionId, body.planId, body.stepId);
        session.calls += 1;
        if (verdict.effect !== 'deny') session.costE4 += verdict.costE4;
        session.recentCalls.push(from);
        session.behaviour.note({ tool: verdict.code === 'tool.unknown' ? UNKNOWN_TOOL : body.tool, atMs: now.getTime(), denied: verdict.effect === 'deny', sent: args.row.bytes, costE4: verdict.costE4 });
      };
      let appended;
      try {
        appended = await gate.writer.append(writing.stream, view.generation, recordedActor(ctx.actor), (seq, at) => (constrainedMeanwhile(session, constrained) ? undefined : writing.build(seq, at)), placed);
      } catch (error) {
        // Where even that cannot be written, a place stays taken that nobody has.
        if (error instanceof Unwritten) await giveBack().catch(() => {});
        else {
          // Whether it was written is unknown: the same request is looked up before it is decided again, and what it took stays taken until then.
          session.forgotten.add(body.requestId);
          session.uncertain.set(body.requestId, { written: count, notWritten: giveBack });
          if (session.uncertain.size > MOST_UNCERTAIN) session.uncertain.delete(session.uncertain.keys().next().value!);
        }
        throw error;
      }
      if (appended.kind !== 'written') {
        // Nothing was written, so a fence need not wait for what comes now.
        view.end();
        await giveBack();
        gate.metrics.retries.inc({ why: appended.kind });
        if (appended.kind === 'generation_moved') await gate.switches.reach(appended.generation);
        if (appended.kind === 'stream_moved') movedFrom(session, placed);
        const meanwhile = await knownRequest(session, body.requestId);
        if (meanwhile) {
          if (meanwhile.digest !== digest) throw otherArguments();
          return await currentDecision(gate, ctx, session, meanwhile);
        }
        continue;
      }
      const action = writing.known(appended.seqs[0]!);
      remember(session, action);
      count(action);
      gate.metrics.decisions.inc({ decision: verdict.effect, code: verdict.code });
      gate.metrics.countFindings(verdict.findings);
      gate.metrics.latency.observe((performance.now() - from) / 1000);
      if (verdict.effect !== 'allow') return action.decision;
      if (!view.stillCurrent()) {
        // What it is told now is decided anew, by the switches as they are; a fence waits for that one.
        view.end();
        return await currentDecision(gate, ctx, session, action);
      }
      const minted = mintPermit(gate, session, action, verdict.tool!.tool, now);
      if (!(minted instanceof Promise)) return minted.decision;
      const { decision } = await minted;
      return view.stillCurrent() ? decision : await currentDecision(gate, ctx, session, action);
    } finally {
      view.end();
    }
  }
  throw unavailable('This session is changing faster than it can be decided. Nothing was allowed; ask again with the same requestId.', 200);
}

/** Takes the call's place in the limits that gateways share. False: another gateway took what was left, and the call is to be judged by that. */
async function takeShared(gate: Gate, shared: readonly Reservation[], undo: () => void): Promise<boolean> {
  try {
    const taken = await reserveShared(sql, shared);
    gate.budgets.learn(taken.used);
    if (!taken.ok) undo();
    return taken.ok;
  } catch (error) {
    undo();
    throw error;
  }
}

type Writing = { stream: string; build: (firstSeq: number, recordedAt: string) => Commit; known: (seq: number) => KnownAction };

/** What the decision writes: event, action, sealed arguments, what the limits used, and the approval where a person is asked. */
function prepare(gate: Gate, session: LiveSession, body: AgentEventBody<'action.request'>, digest: string, verdict: Judgement, plan: PlanStanding, args: SealedText, rationale: SealedText | undefined, receivedAt: string): Writing {
  const actionId = newId();
  const { id: sessionId, agentId } = session.row;
  const policyVersion = gate.bundle().version;
  const sentence = verdict.tool ? callSentence(verdict.tool.tool, body.args) : undefined;
  const title = cutText(sentence?.title ?? `Call ${body.tool}`, 1_000);
  const approvalId = verdict.effect === 'ask' ? newId() : undefined;
  const planned = plan.submitted ? { planId: body.planId, stepId: body.stepId, plan: { conforms: plan.conforms, stable: plan.stable, findings: plan.findings } } : {};
  const decision: Decision = {
    actionId, requestId: body.requestId, digest, decision: verdict.effect, code: verdict.code, reason: verdict.reason,
    rules: [...verdict.rules], policyVersion, findings: verdict.findings, provenance: verdict.provenance,
  };
  let decideBy: Date | undefined;
  const build = (firstSeq: number, recordedAt: string): Commit => {
    const data = {
      actionId, requestId: body.requestId, tool: body.tool, digest, code: verdict.code, reason: verdict.reason, policyVersion, rules: decision.rules, findings: verdict.findings,
      provenance: verdict.provenance, args: args.ref, title,
      ...(verdict.behaviour && (verdict.behaviour.score > 0 || verdict.behaviour.arguments) ? { behaviour: { score: verdict.behaviour.score, reasons: verdict.behaviour.reasons, ...(verdict.behaviour.arguments ? { arguments: verdict.behaviour.arguments } : {}) } } : {}),
      ...(rationale ? { rationale: rationale.ref } : {}), ...(body.planId ? { planId: body.planId } : {}), ...(body.stepId ? { stepId: body.stepId } : {}),
    };
    const commit: Required<Pick<Commit, 'payloads' | 'actions' | 'approvals' | 'budgets'>> & { events: ReturnType<typeof sessionEvent>[] } = {
      events: [], approvals: [],
      payloads: rationale ? [args.row, rationale.row] : [args.row],
      actions: [{
        id: actionId, session_id: sessionId, agent_id: agentId, request_id: body.requestId, tool: body.tool, digest, decision: verdict.effect, code: verdict.code, reason: verdict.reason,
        detail: { rules: decision.rules, findings: verdict.findings, provenance: verdict.provenance, reservations: verdict.reservations, costE4: verdict.costE4, title, rationale: rationale?.ref.payloadId ?? null, ...(verdict.effect === 'ask' ? { obligation: verdict.obligation } : {}), ...planned, ...(verdict.behaviour && (verdict.behaviour.history || verdict.effect === 'ask') ? { behaviour: verdict.behaviour } : {}) },
        policy_version: policyVersion, seq: firstSeq, args_payload_id: args.ref.payloadId, approval_id: approvalId ?? null, decided_at: recordedAt,
        permitted_at: verdict.effect === 'allow' ? recordedAt : null,
        permit_expires_at: verdict.effect === 'allow' ? new Date(Date.parse(recordedAt) + gate.leaseMs).toISOString() : null,
      }],
      // What is shared was taken before.
      budgets: verdict.reservations.filter(({ key }) => !isShared(key)).map((one) => ({ key: one.key, window: one.window, calls: one.calls, cost: fromE4(one.costE4) })),
    };
    if (verdict.effect === 'allow') commit.events.push(sessionEvent(sessionId, 'action.allowed', data, { agentId, receivedAt }));
    else if (verdict.effect === 'deny') commit.events.push(sessionEvent(sessionId, 'action.denied', data, { agentId, receivedAt }));
    else {
      const route = verdict.obligation!;
      decideBy = new Date(Date.parse(recordedAt) + route.decideByMs);
      commit.events.push(
        sessionEvent(sessionId, 'action.asked', { ...data, approvalId: approvalId! }, { agentId, receivedAt }),
        sessionEvent(sessionId, 'approval.requested', {
          approvalId: approvalId!, actionId, tool: body.tool, title, risk: route.risk, routes: [...route.routes], groups: route.groups, digest, decideBy: decideBy.toISOString(), sentence: verdict.reason,
        }, { agentId }),
      );
      commit.approvals.push({
        id: approvalId!, action_id: actionId, session_id: sessionId, agent_id: agentId, tool: body.tool, title, route, risk: route.risk, sentence: verdict.reason,
        rule_ids: verdict.rules.filter((rule) => rule.effect === 'ask').map((rule) => rule.id), policy_version: policyVersion, digest, shape: shapeOf(body.args), requested_at: recordedAt,
        decide_by: decideBy.toISOString(), use_by_ms: route.useByMs,
      });
    }
    return commit;
  };
  const known = (seq: number): KnownAction => {
    if (decideBy) decision.approval = { id: approvalId!, decideBy: decideBy.toISOString(), expectedWaitMs: gate.waits.of(verdict.obligation!.routes, new Date(decideBy.getTime() - verdict.obligation!.decideByMs)) };
    return {
      actionId, requestId: body.requestId, tool: body.tool, digest, seq, agentId, decision, permitExpiresAt: null, startedAt: null, finishedAt: null, redeemedAt: null, reservations: verdict.reservations, version: session.version,
      ...(planned.plan ? { plan: planned.plan } : {}),
      ...(approvalId ? { approval: { id: approvalId, state: 'pending', useBy: null } } : {}),
    };
  };
  return { stream: `session/${sessionId}`, build, known };
}
