'use server';

import { runAction, type ActionError } from '@/app/_session/action-result';
import { cutDifference } from '@/components/approvals/cut-difference';
import type { Said } from '@/components/approvals/act-item';
import type { BeginApproval, DecideInput, DecideOutcome, DecideResult } from '@/components/approvals/view';
import { approvalStanding, beginApproval, decideApproval, differenceSince, escalateApproval, withdrawApproval } from '@/lib/approvals';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/errors';
import { changeJudge } from '@/lib/gate';
import { engageSwitch } from '@/lib/switches';

export const signApproval: BeginApproval = async (input) => runAction((ctx) => beginApproval(ctx, input, changeJudge));

/** Lets the next tier decide now. */
export async function escalate(approvalId: string, tier: number): Promise<Said> {
  const result = await runAction((ctx) => escalateApproval(ctx, { approvalId, tier }));
  return result.ok ? { glyph: 'asked', title: `It went to ${result.value.to}.`, second: 'Who was asked before may still decide.' } : { glyph: 'broken', title: 'It was not sent on.', second: result.error.message };
}

/** Takes the question back, for whoever owns the agent or has it act for them. */
export async function withdraw(approvalId: string): Promise<Said> {
  const result = await runAction((ctx) => withdrawApproval(ctx, { approvalId }));
  return result.ok ? { glyph: 'cancelled', title: 'It is taken back.', second: 'The agent gets deny. Nothing was sent.' } : { glyph: 'broken', title: 'It was not taken back.', second: result.error.message };
}

/** Records a person's decision and, where asked, stops the session after a denial: in that order, each said for itself. */
export async function decide(input: DecideInput): Promise<DecideResult> {
  const { approvalId, verdict, digest, reason, stopSession, stepUp, edits, args } = input;
  const decided = await runAction(async (ctx) => {
    await decideApproval(ctx, { approvalId, verdict, digest, ...(reason ? { reason } : {}), ...(stepUp ? { stepUp } : {}), ...(edits ? { edits } : {}), ...(args ? { args } : {}) }, changeJudge);
    return ctx;
  });
  const answer: DecideOutcome = decided.ok ? { kind: 'recorded' } : await withDifference(refusal(decided.error), approvalId, digest);
  if (verdict !== 'deny' || stopSession !== true) return answer;
  // The session is stopped also when somebody else decided first: whoever asks for a stop gets it.
  const stopped = await runAction((ctx) => stopSessionOf(ctx, approvalId));
  const stop = stopped.ok ? { ok: true as const } : { ok: false as const, because: stopped.error.message };
  return answer.kind === 'recorded' && stop.ok ? answer : { kind: 'in_part', decision: answer, stop };
}

async function stopSessionOf(ctx: Context, approvalId: string): Promise<void> {
  const standing = await approvalStanding(approvalId);
  if (!standing) throw notFound('There is no such approval, so nothing was stopped.');
  await engageSwitch(ctx, { scope: 'session', target: standing.sessionId });
}

type Known = { why?: string; state?: string; cancelReason?: string | null; by?: string | null; at?: string | null; reason?: string | null };

/** What differs from what the person saw, value by value. */
async function withDifference(outcome: DecideOutcome, approvalId: string, digest: string): Promise<DecideOutcome> {
  if (outcome.kind !== 'stale_digest') return outcome;
  const found = await runAction((ctx) => differenceSince(ctx, approvalId, digest));
  return found.ok ? { kind: 'stale_digest', changes: found.value.filter(({ path }) => path !== '').map(({ path, before, after }) => { const [was, is] = cutDifference(before ?? 'not there', after ?? 'left out', 400); return { name: path.slice(1), before: was, after: is }; }) } : outcome;
}

function refusal({ code, message, data, issues }: ActionError): DecideOutcome {
  const known = (data ?? {}) as Known;
  if (code === 'conflict' && known.why === 'stale_digest') return { kind: 'stale_digest', changes: [] };
  if (code === 'conflict' && known.why === 'decided') {
    const verdict = known.state === 'denied' ? 'denied' : known.state === 'expired' ? 'expired' : known.state === 'cancelled' ? (known.cancelReason === 'stopped' ? 'stopped' : 'cancelled') : 'approved';
    const secondsBefore = known.at ? Math.max(0, (Date.now() - Date.parse(known.at)) / 1_000) : 0;
    return { kind: 'first_was', by: known.by ?? 'Somebody', verdict, secondsBefore, ...(known.reason ? { reason: known.reason } : {}) };
  }
  if (code === 'internal') return { kind: 'unavailable', because: 'Something failed on the server.' };
  return code === 'unavailable' || code === 'rate_limited' ? { kind: 'unavailable', because: message } : { kind: 'refused', because: message, ...(issues ? { issues } : {}) };
}
