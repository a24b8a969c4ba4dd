import type { z } from 'zod';
import { authorise, finishStepUp, finishStepUpByCode, stepUpTransaction, type StepUpTx } from '@/lib/access';
import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { conflict, DomainError, forbidden, invalid, notFound } from '@/lib/errors';
import { sessionEvent, type Assertion, type CodeProof, type NewEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { missing, type Quorum, type Signature, type Terms } from '@/lib/quorum';
import { movedSince, routeAfter, writeChange } from './change-arguments';
import { withDifference } from './difference';
import { denyAction, endApproval, lockApproval, tellApproval, whyEnded, type LockedApproval } from './internal';
import { settle as settleApproval, type ApprovalCommand } from './machine';
import { prepareChange, refusedChange, type ChangeJudge, type PreparedChange, type Wanted } from './prepare-change';
import { decidedBefore, refusedWord } from './refusals';
import { approvalSubject, codeCounts, endOf, groupName, seatsOf } from './rules';
import { decideApprovalSchema, type DecideApproval, type DecidedApproval } from './schema';
import { addSignature, holds, readStanding, signatureOf, type Person } from './signatures';

type Decide = z.output<typeof decideApprovalSchema>;
/** What the transaction settled: a view for the caller, the refusal to throw once what it found out is on record, or that the change is to be judged once more. */
type Settled = { view: DecidedApproval } | { refusal: DomainError } | 'moved';

/** How often a change is judged once more because its session learned something meanwhile. */
const MOST_TRIES = 5;

/**
 * A person's word on an approval, by compare-and-set under the row's lock: the first decides, whoever comes later is told who it was and that
 * theirs was not recorded. With other arguments it is a narrowing, which its person has signed with that, or a replacement, whose author
 * doesn't count: both are judged by the gate's checks first (`gate`). Throws `conflict` for a digest that no longer stands.
 */
export async function decideApproval(ctx: Context, input: DecideApproval, gate?: ChangeJudge): Promise<DecidedApproval> {
  const decide = parseInput(decideApprovalSchema, input);
  authorise(ctx, decide.verdict === 'approve' ? 'approval.decide' : 'approval.deny');
  if (ctx.actor.kind !== 'person') throw forbidden('Only a person decides about an approval.');
  const person = ctx.actor;
  const wanted = wantedOf(decide);
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const prepared = wanted && gate ? await prepareChange(gate, decide.approvalId, decide.digest, wanted) : undefined;
    const settled = await stepUpTransaction(ctx, (tx) => settle(tx, ctx, person, decide, wanted ? prepared ?? 'unread' : 'same'));
    if (settled === 'moved') continue;
    if ('refusal' in settled) throw await withDifference(settled.refusal, decide);
    return settled.view;
  }
  throw conflict('This session is changing faster than the changed arguments can be judged. Nothing was recorded; decide again.', { why: 'moving' });
}

/** What is to run instead of what was asked, if anything. */
function wantedOf({ verdict, args, edits }: Decide): Wanted | undefined {
  if (args === undefined && edits === undefined) return undefined;
  if (verdict === 'deny') throw invalid('/args: what is denied runs with no arguments. Leave them out, or approve with them.', [{ path: '/args', message: 'go with an approval only' }]);
  if (args && edits) throw invalid('/edits: give the arguments or what is done to them, not both.', [{ path: '/edits', message: 'may not stand beside args' }]);
  return args ? { args } : { edits: edits! };
}

async function settle(tx: StepUpTx, ctx: Context, person: Person, decide: Decide, change: PreparedChange | 'same' | 'unread'): Promise<Settled> {
  const approval = await lockApproval(tx, decide.approvalId);
  if (!approval) throw notFound('There is no such approval.');
  if (approval.state !== 'pending' && approval.state !== 'partially_approved') return { refusal: decidedBefore(approval) };
  const signature = signatureOf(person, approval.requestedAt, approval.now);
  const ended = await whyEnded(tx, approval);
  const changes = typeof change === 'object' ? change : undefined;
  const route = changes ? routeAfter(approval.route, changes) : approval.route;
  const word = wordOf(decide, signature, changes, route === approval.route ? undefined : seatsOf({ ...approval, route, tier: 0 }));
  const known: ApprovalCommand[] = ended ? [{ kind: 'cancel', reason: ended }, word] : [word];
  const { approval: after, refusals } = settleApproval(await readStanding(tx, approval, person), known, approval.now, holds);
  const end = endOf(after.quorum.phase);
  if (end) {
    await record(tx, ctx, [await endApproval(tx, approval, end)]);
    return { refusal: decidedBefore({ ...approval, state: end.state, cancelReason: end.state === 'cancelled' ? end.reason : null, decidedAt: approval.now }) };
  }
  const refusal = refusals.at(-1);
  if (refusal) return { refusal: refusedWord(refusal, approval, person) };
  if (decide.verdict === 'deny') return { view: await deny(tx, ctx, person, approval, signature, decide.reason) };
  if (change === 'unread' || (changes && await movedSince(tx, approval.sessionId, changes))) return 'moved';
  if (!changes) return { view: await approve(tx, ctx, person, approval, signature, after.quorum, decide) };
  if (changes.judged.effect === 'deny') refusedChange(changes);
  const { approval: changed, event } = await writeChange(tx, ctx, person, approval, changes, route);
  await record(tx, ctx, [event]);
  const counted = after.quorum.signatures.some((one) => one.personId === person.id);
  const changedView = { kind: changes.comparison.kind as 'narrowing' | 'replacement', steps: changes.comparison.steps, counted };
  if (counted) return { view: { ...(await approve(tx, ctx, person, changed, signature, after.quorum, decide)), changed: changedView } };
  await tellApproval(tx, changed);
  return { view: { id: approval.id, state: 'pending', stillNeeded: neededIn(after.quorum, approval.now), useBy: null, digest: changed.digest, changed: changedView } };
}

function wordOf({ verdict, digest }: Decide, signature: Signature, change: PreparedChange | undefined, who: Pick<Terms, 'groups' | 'relief'> | undefined): ApprovalCommand {
  if (verdict === 'deny') return { kind: 'deny', by: signature.personId, digest };
  return change ? { kind: change.comparison.kind === 'narrowing' ? 'narrow' : 'replace', signature, digest, to: change.to.digest, ...(who ? { who } : {}) } : { kind: 'sign', signature, digest };
}

const neededIn = (quorum: Quorum, now: Date): string[] => missing(quorum, holds, now).map((group) => `${group.count} of ${groupName(group)}`);

async function deny(tx: Sql, ctx: Context, person: Person, approval: LockedApproval, signature: Signature, reason: string | undefined): Promise<DecidedApproval> {
  await addSignature(tx, approval, signature, { verdict: 'deny', reason });
  await tx.rows(`UPDATE approval SET state = 'denied', decided_at = $2, decided_by_id = $3, decision_reason = $4 WHERE id = $1`, [approval.id, approval.now, person.id, reason ?? null]);
  await denyAction(tx, approval.actionId, 'approval.denied', reason ? `${person.name} denied this: ${reason}` : `${person.name} denied this.`);
  await record(tx, ctx, [sessionEvent(approval.sessionId, 'approval.denied', { approvalId: approval.id, actionId: approval.actionId, digest: approval.digest, reason: reason ?? null }, { agentId: approval.agentId })]);
  await tellApproval(tx, approval);
  return { id: approval.id, state: 'denied', stillNeeded: [], useBy: null, digest: approval.digest };
}

/** `quorum` is where it stands with this signature counted. */
async function approve(tx: StepUpTx, ctx: Context, person: Person, approval: LockedApproval, signature: Signature, quorum: Quorum, { reason, stepUp }: Decide): Promise<DecidedApproval> {
  const { route } = approval;
  if (route.reasonRequired && !reason?.trim()) throw invalid('/reason: this route asks for a reason when it is approved.', [{ path: '/reason', message: 'is required by this route' }]);
  const proof = route.stepUp ? await prove(tx, ctx, approval, stepUp) : {};
  await addSignature(tx, approval, signature, { verdict: 'approve', reason, assertion: proof.assertion ?? proof.stepUp });
  const ids = { approvalId: approval.id, actionId: approval.actionId, digest: approval.digest, reason: reason ?? null, ...proof };
  const stillNeeded = neededIn(quorum, approval.now);
  const events: NewEvent[] = [];
  let useBy: Date | null = null;
  if (quorum.phase.kind !== 'agreed') {
    await tx.rows(`UPDATE approval SET state = 'partially_approved' WHERE id = $1`, [approval.id]);
    events.push(sessionEvent(approval.sessionId, 'approval.signed', { ...ids, stillNeeded }, { agentId: approval.agentId }));
  } else {
    useBy = new Date(approval.now.getTime() + approval.useByMs);
    await tx.rows(`UPDATE approval SET state = 'approved', decided_at = $2, decided_by_id = $3, decision_reason = $4, use_by = $5 WHERE id = $1`, [approval.id, approval.now, person.id, reason ?? null, useBy]);
    await tx.rows(`UPDATE action SET decision = 'allow', code = 'approval.granted', reason = $2 WHERE id = $1`, [approval.actionId, `${person.name} approved this${reason ? `: ${reason}` : '.'}`]);
    events.push(sessionEvent(approval.sessionId, 'approval.granted', { ...ids, useBy: useBy.toISOString() }, { agentId: approval.agentId }));
  }
  await record(tx, ctx, events);
  await tellApproval(tx, approval);
  return { id: approval.id, state: useBy ? 'approved' : 'partially_approved', stillNeeded, useBy: useBy?.toISOString() ?? null, digest: approval.digest };
}

/** What the person proves at this moment, by a passkey or, where the route takes it, by a one-time password. */
async function prove(tx: StepUpTx, ctx: Context, approval: LockedApproval, stepUp: Decide['stepUp']): Promise<{ assertion?: Assertion; stepUp?: CodeProof }> {
  const allowed = codeCounts(approval.route);
  if (!stepUp) throw new DomainError('step_up_required', `This route asks for a passkey${allowed ? ' or a one-time password' : ''} at the moment of approving. It can be denied meanwhile.`);
  const subject = approvalSubject(approval);
  return stepUp.kind === 'totp' ? { stepUp: await finishStepUpByCode(tx, ctx, subject, stepUp, { allowed }) } : { assertion: await finishStepUp(tx, ctx, subject, stepUp) };
}
