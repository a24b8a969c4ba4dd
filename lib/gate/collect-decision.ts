import { recordedActor, type Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { unavailable } from '@/lib/errors';
import { sessionEvent } from '@/lib/log';
import type { Args } from '@/lib/protocol/primitives';
import type { Decision, DecisionCode } from '@/lib/protocol/decision';
import { actionDigest } from '@/lib/protocol/digest';
import { constrainedMeanwhile } from './constrain-session';
import { beginDecision, type Gate } from './gate';
import { judge, type Judgement } from './judge';
import { readAction, type ReadAction } from './known-actions';
import { movedFrom, type KnownAction, type LiveSession } from './live-session';
import { mintPermit } from './mint-permit';
import { oneAtATime } from './one-at-a-time';
import { refreshSession } from './refresh-session';
import { openValue } from '@/lib/payloads';
import { askAgain, covers, rejectForgery, supersedeApproval } from '@/lib/approvals';
import { mayUse } from '@/lib/approvals/rules';
import { askedRouteSchema } from '@/lib/approvals/schema';
import type { Obligation } from '@/lib/policies';
import { whyUnproven } from './verify-signatures';

const MOST_TRIES = 8;

/**
 * The decision of an action as it stands now. An allow that was not used yet comes with a fresh permit, unless something
 * stopped it meanwhile; a granted ask is held against today's rules once more before its permit is made.
 */
export function currentDecision(gate: Gate, ctx: Context, session: LiveSession, action: KnownAction): Promise<Decision> {
  return oneAtATime(action.actionId, () => decisionNow(gate, ctx, session, action));
}

async function decisionNow(gate: Gate, ctx: Context, session: LiveSession, action: KnownAction): Promise<Decision> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    if (session.stale) await refreshSession(gate, session);
    const read = await readAction(session, { actionId: action.actionId });
    if (!read) throw unavailable('This action cannot be read at the moment. Nothing was allowed; ask again with the same requestId.', 200);
    const { action: now } = read;
    if (now.decision.decision !== 'allow') return withForecast(gate, now);
    // What ran, or may be running, is told as it was; a second permit for it would be a second effect.
    if (now.startedAt || now.redeemedAt || now.finishedAt) return now.decision;
    const collected = await collect(gate, ctx, session, read);
    if (collected) return collected;
  }
  throw unavailable('This session is changing faster than it can be decided. Nothing was allowed; ask again with the same requestId.', 200);
}

/** What still waits is told how long its like have waited. */
export function withForecast(gate: Gate, { decision, approval }: KnownAction): Decision {
  if (!decision.approval || !approval?.asked) return decision;
  return { ...decision, approval: { ...decision.approval, expectedWaitMs: gate.waits.of(approval.asked.routes, approval.asked.at) } };
}

/** Records that the permit is made and makes it; undefined when something changed meanwhile. */
async function collect(gate: Gate, ctx: Context, session: LiveSession, read: ReadAction): Promise<Decision | undefined> {
  const { action } = read;
  const view = beginDecision(gate);
  try {
    const useBy = action.approval?.useBy ?? null;
    if (action.approval && action.approval.state !== 'approved') return refusal(action, 'approval.cancelled', 'The approval for this was cancelled before it was used.');
    if (action.approval && useBy && !mayUse({ state: 'approved', decideBy: useBy, useBy }, read.now)) return refusal(action, 'approval.expired', `The approval was to be used by ${useBy.toISOString()}, and was not. Ask again.`);
    const args = await readArgs(session, read.payloadId);
    if (!args) return refusal(action, 'policy.error', 'The arguments of this action were erased, so it cannot run.');
    const now = ctx.now();
    const { constrained } = session.row;
    // Limits were held against it when it was asked for; its place in them is reserved.
    const verdict = judge({ session, body: { tool: action.tool, args }, ...(action.plan ? { plan: { submitted: true, ...action.plan } } : {}), active: gate.bundle(), orders: view.orders, budgets: gate.budgets, limits: [], environment: gate.environment, now, monotonicMs: performance.now() });
    const stillAllowed = verdict.effect === 'allow' || (verdict.effect === 'ask' && action.approval !== undefined);
    if (!stillAllowed) return refuseNow(gate, ctx, session, action, verdict);
    if (action.approval?.stepUp) {
      const what = await whyUnproven(action.approval.id, read.finalDigest ?? action.digest);
      if (what) return refuseForgery(gate, ctx, action, action.approval.id, what);
    }
    if (action.approval && verdict.obligation && !(wasAgreed(action.approval, verdict.obligation, learned(gate, session, read)))) {
      // Nothing is allowed by this, so a fence need not wait for it.
      view.end();
      return askOthers(gate, ctx, session, read, action.approval.id, verdict, verdict.obligation);
    }
    const expiresAt = new Date(Math.min(now.getTime() + gate.leaseMs, useBy?.getTime() ?? Number.POSITIVE_INFINITY));
    const appended = await gate.writer.append(`session/${session.row.id}`, view.generation, recordedActor(ctx.actor), (_seq, recordedAt) => (constrainedMeanwhile(session, constrained) ? undefined : {
      events: [sessionEvent(session.row.id, 'action.permitted', { actionId: action.actionId, expiresAt: expiresAt.toISOString(), ...(action.approval ? { approvalId: action.approval.id } : {}) }, { agentId: action.agentId })],
      changes: [{ id: action.actionId, permitted_at: recordedAt, permit_expires_at: expiresAt.toISOString() }],
    }), read.since);
    if (appended.kind === 'overtaken') return undefined;
    if (appended.kind === 'generation_moved') {
      // Nothing was written, so a fence need not wait for the reading.
      view.end();
      await gate.switches.reach(appended.generation);
      return undefined;
    }
    if (appended.kind === 'stream_moved') { movedFrom(session, read.since); return undefined; }
    if (!view.stillCurrent()) return undefined;
    const narrowed = read.finalDigest !== null && read.finalDigest !== action.digest;
    const minted = mintPermit(gate, session, { ...action, seq: appended.seqs[0]! }, verdict.tool!.tool, now, narrowed ? actionDigest(action.tool, args) : action.digest);
    const { decision } = minted instanceof Promise ? await minted : minted;
    // What this gateway remembers is what 'action.started' is held against: the permit before this one may have run out.
    const held = session.byAction.get(action.actionId);
    if (held) held.permitExpiresAt = expiresAt;
    // Where the key lives elsewhere, something may have been stopped while it signed.
    if (minted instanceof Promise && !view.stillCurrent()) return undefined;
    return narrowed ? { ...decision, args, digest: read.finalDigest! } : decision;
  } finally {
    view.end();
  }
}

const refusal = (action: KnownAction, code: DecisionCode, reason: string): Decision => ({ ...action.decision, decision: 'deny', code, reason });

/** What was allowed before is not any more: that is recorded before it is said, and the approval falls. */
async function refuseNow(gate: Gate, ctx: Context, session: LiveSession, action: KnownAction, verdict: Judgement): Promise<Decision> {
  const { code, reason } = verdict.effect === 'deny' ? verdict : { code: 'policy.no_match' as const, reason: 'The rules ask a person about this now. Ask again with a new requestId.' };
  // A stop or a pause may pass and the session's own end is told by its state; only a changed rule makes the approval worthless.
  if (action.approval && code.startsWith('policy.')) await supersedeApproval(ctx, action.approval.id);
  else await gate.writer.append(`session/${session.row.id}`, null, recordedActor(ctx.actor), () => ({ events: [sessionEvent(session.row.id, 'action.refused', { actionId: action.actionId, code, reason }, { agentId: action.agentId })] }));
  return { ...action.decision, decision: 'deny', code, reason, rules: [...verdict.rules] };
}

/**
 * Whether the rules have changed, or the session is held to less, since people were asked. Beyond that they are judged by the facts of that
 * moment: what the agent reads while it waits did not shape what it had asked for, and would have everybody asked again. Arguments that were
 * changed are others than the rules were asked about, and whoever changed them only says under which terms.
 */
const learned = (gate: Gate, { row }: LiveSession, { action: { decision, seq, digest, approval }, finalDigest }: ReadAction): boolean =>
  decision.policyVersion !== gate.bundle().version || (row.constrained ?? { seq: 0 }).seq > seq || (finalDigest ?? digest) !== (approval?.owedFor ?? digest);

/** Whether those who agreed are those whom the rules wanted when they were asked, and want by what was learned since. A route that cannot be read agreed to nothing. */
function wasAgreed({ route, owed }: NonNullable<KnownAction['approval']>, obligation: Obligation, since: boolean): boolean {
  const [agreed, asked] = [askedRouteSchema.safeParse(route), askedRouteSchema.safeParse(owed)];
  if (!agreed.success) return false;
  return (!asked.success || covers(agreed.data, asked.data)) && ((asked.success && !since) || covers(agreed.data, obligation));
}

/** The rules want other people now: they are asked once more, and the grant is worth nothing. */
async function askOthers(gate: Gate, ctx: Context, session: LiveSession, { action, since }: ReadAction, approvalId: string, verdict: Judgement, obligation: Obligation): Promise<Decision | undefined> {
  const again = await askAgain(ctx, approvalId, { obligation, reason: verdict.reason, ruleIds: verdict.rules.filter((rule) => rule.effect === 'ask').map((rule) => rule.id), policyVersion: gate.bundle().version });
  movedFrom(session, since);
  if (again) session.waiting.add(action.actionId);
  // What stands now is read and told like anything that a person has decided.
  return undefined;
}

/** The database says that people approved, and their passkeys don't. Nobody gets a permit from that, and operators hear of it. */
async function refuseForgery(gate: Gate, ctx: Context, action: KnownAction, approvalId: string, what: string): Promise<Decision> {
  gate.logger.fatal({ alert: true, approvalId, actionId: action.actionId, what }, 'a granted approval is not proven by the passkeys under it; no permit was made');
  await rejectForgery(ctx, approvalId, what);
  return refusal(action, 'approval.cancelled', 'A signature under this approval does not hold. Nothing was allowed; ask again.');
}

async function readArgs(session: LiveSession, payloadId: string | null): Promise<Args | undefined> {
  if (!payloadId) return undefined;
  const [payload] = await sql.rows<{ id: string; kind: string; sealed: Uint8Array | null }>('SELECT id, kind, sealed FROM payload WHERE id = $1', [payloadId]);
  const value = payload && openValue(session.row.id, session.dataKey, payload);
  return typeof value === 'object' && value !== null ? (value as Args) : undefined;
}
