import type { z } from 'zod';
import { authorise, finishStepUp, finishStepUpByCode, stepUpTransaction, type StepUpTx } from '@/lib/access';
import type { Context } from '@/lib/context';
import type { Sql } from '@/lib/db';
import { DomainError, forbidden, invalid, notFound } from '@/lib/errors';
import { sessionEvent, type Assertion, type CodeProof, type NewEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { missing, settle as settleQuorum, type Command, type Quorum, type Signature } from '@/lib/quorum';
import { denyAction, endApproval, isStopped, lockApproval, tellApproval, type LockedApproval } from './internal';
import { decidedBefore, refusedWord } from './refusals';
import { approvalSubject, codeCounts, groupName } from './rules';
import { decideApprovalSchema, type DecideApproval, type DecidedApproval } from './schema';
import { addSignature, holds, readQuorum, signatureOf, type Person } from './signatures';

type Decide = z.output<typeof decideApprovalSchema>;
/** What the transaction settled: a view for the caller, or the refusal to throw once what it found out is on record. */
type Settled = { view: DecidedApproval } | { refusal: DomainError };

/**
 * A person's word on an approval, by compare-and-set under the row's lock: the first decides, whoever comes later is told
 * who it was and that theirs was not recorded. Throws `conflict` for that and for a digest that no longer stands.
 */
export async function decideApproval(ctx: Context, input: DecideApproval): Promise<DecidedApproval> {
  const decide = parseInput(decideApprovalSchema, input);
  authorise(ctx, decide.verdict === 'approve' ? 'approval.decide' : 'approval.deny');
  if (ctx.actor.kind !== 'person') throw forbidden('Only a person decides about an approval.');
  if (decide.args) throw invalid('/args: changing the arguments of an approval is not offered by this version. Deny it with a reason that says what to change.', [{ path: '/args', message: 'is not offered by this version' }]);
  const person = ctx.actor;
  const settled = await stepUpTransaction(ctx, (tx) => settle(tx, ctx, person, decide));
  if ('refusal' in settled) throw settled.refusal;
  return settled.view;
}

async function settle(tx: StepUpTx, ctx: Context, person: Person, decide: Decide): Promise<Settled> {
  const approval = await lockApproval(tx, decide.approvalId);
  if (!approval) throw notFound('There is no such approval.');
  if (approval.state !== 'pending' && approval.state !== 'partially_approved') return { refusal: decidedBefore(approval) };
  const signature = signatureOf(person, approval.requestedAt, approval.now);
  const ended = await isStopped(tx, approval, await classesOf(tx, approval)) ? 'stopped' : ['closed', 'stopped'].includes(approval.sessionState) ? 'session_ended' : null;
  const word: Command = decide.verdict === 'deny' ? { kind: 'deny', by: person.id, digest: decide.digest } : { kind: 'sign', signature, digest: decide.digest };
  const known: Command[] = ended ? [{ kind: 'cancel', reason: ended }, word] : [word];
  const { quorum, refusals } = settleQuorum(await readQuorum(tx, approval, person), known, approval.now, holds);
  if (quorum.phase.kind === 'expired' || quorum.phase.kind === 'cancelled') {
    const state = quorum.phase.kind;
    await record(tx, ctx, [await endApproval(tx, approval, ended ? { state: 'cancelled', reason: ended } : { state: 'expired' })]);
    return { refusal: decidedBefore({ ...approval, state, cancelReason: ended, decidedAt: approval.now }) };
  }
  const refusal = refusals.at(-1);
  if (refusal) throw refusedWord(refusal, approval, person);
  return { view: decide.verdict === 'deny' ? await deny(tx, ctx, person, approval, signature, decide.reason) : await approve(tx, ctx, person, approval, signature, quorum, decide) };
}

async function deny(tx: Sql, ctx: Context, person: Person, approval: LockedApproval, signature: Signature, reason: string | undefined): Promise<DecidedApproval> {
  await addSignature(tx, approval, signature, { verdict: 'deny', reason });
  await tx.rows(`UPDATE approval SET state = 'denied', decided_at = $2, decided_by_id = $3, decision_reason = $4 WHERE id = $1`, [approval.id, approval.now, person.id, reason ?? null]);
  await denyAction(tx, approval.actionId, 'approval.denied', reason ? `${person.name} denied this: ${reason}` : `${person.name} denied this.`);
  await record(tx, ctx, [sessionEvent(approval.sessionId, 'approval.denied', { approvalId: approval.id, actionId: approval.actionId, digest: approval.digest, reason: reason ?? null }, { agentId: approval.agentId })]);
  await tellApproval(tx, approval);
  return { id: approval.id, state: 'denied', stillNeeded: [], useBy: null };
}

/** `quorum` is where it stands with this signature counted. */
async function approve(tx: StepUpTx, ctx: Context, person: Person, approval: LockedApproval, signature: Signature, quorum: Quorum, { reason, stepUp }: Decide): Promise<DecidedApproval> {
  const { route } = approval;
  if (route.reasonRequired && !reason?.trim()) throw invalid('/reason: this route asks for a reason when it is approved.', [{ path: '/reason', message: 'is required by this route' }]);
  const proof = route.stepUp ? await prove(tx, ctx, approval, stepUp) : {};
  await addSignature(tx, approval, signature, { verdict: 'approve', reason, assertion: proof.assertion ?? proof.stepUp });
  const ids = { approvalId: approval.id, actionId: approval.actionId, digest: approval.digest, reason: reason ?? null, ...proof };
  const stillNeeded = missing(quorum, holds).map((group) => `${group.count} of ${groupName(group)}`);
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
  return { id: approval.id, state: useBy ? 'approved' : 'partially_approved', stillNeeded, useBy: useBy?.toISOString() ?? null };
}

/** What the person proves at this moment, by a passkey or, where the route takes it, by a one-time password. */
async function prove(tx: StepUpTx, ctx: Context, approval: LockedApproval, stepUp: Decide['stepUp']): Promise<{ assertion?: Assertion; stepUp?: CodeProof }> {
  const allowed = codeCounts(approval.route);
  if (!stepUp) throw new DomainError('step_up_required', `This route asks for a passkey${allowed ? ' or a one-time password' : ''} at the moment of approving. It can be denied meanwhile.`);
  const subject = approvalSubject(approval);
  return stepUp.kind === 'totp' ? { stepUp: await finishStepUpByCode(tx, ctx, subject, stepUp, { allowed }) } : { assertion: await finishStepUp(tx, ctx, subject, stepUp) };
}

async function classesOf(tx: Sql, approval: LockedApproval): Promise<string[]> {
  const [bundle] = await tx.rows<{ classes: string[] | null }>(
    `SELECT ARRAY(SELECT jsonb_array_elements_text(t->'classes')) AS classes
     FROM (SELECT body::jsonb AS body FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1) b, jsonb_array_elements(b.body->'tools') t WHERE t->>'name' = $1`,
    [approval.tool],
  );
  return bundle?.classes ?? [];
}
