import type { z } from 'zod';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { forbidden, notFound, type DomainError } from '@/lib/errors';
import { record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { endApproval, lockApproval, whyEnded } from './internal';
import { settle, type ApprovalCommand } from './machine';
import { decidedBefore, refusedWord } from './refusals';
import { endOf } from './rules';
import { withdrawApprovalSchema } from './schema';
import { holds, readStanding } from './signatures';

/** Whoever owns the agent, or has it act for them, takes its question back; also when it was approved and is not used yet. It takes no passkey. */
export async function withdrawApproval(ctx: Context, input: z.input<typeof withdrawApprovalSchema>): Promise<{ id: string; state: 'cancelled' }> {
  const { approvalId, reason } = parseInput(withdrawApprovalSchema, input);
  authorise(ctx, 'approval.withdraw');
  if (ctx.actor.kind !== 'person') throw forbidden('Only a person takes back what their agent asks.');
  const person = ctx.actor;
  const refusal = await sqlTransaction(async (tx): Promise<DomainError | undefined> => {
    const approval = await lockApproval(tx, approvalId);
    if (!approval) throw notFound('There is no such approval.');
    const ended = await whyEnded(tx, approval);
    const word: ApprovalCommand = { kind: 'withdraw', by: person.id };
    const standing = await readStanding(tx, approval, person);
    const { approval: after, refusals } = settle(standing, ended ? [{ kind: 'cancel', reason: ended }, word] : [word], approval.now, holds);
    const end = endOf(after.quorum.phase);
    if (end && after.quorum.phase !== standing.quorum.phase) {
      await record(tx, ctx, [await endApproval(tx, approval, end, reason)]);
      return end.state === 'cancelled' && end.reason === 'withdrawn' ? undefined : decidedBefore({ ...approval, state: end.state, cancelReason: end.state === 'cancelled' ? end.reason : null, decidedAt: approval.now });
    }
    const refused = refusals.at(-1);
    return refused ? refusedWord(refused, approval, person) : undefined;
  });
  if (refusal) throw refusal;
  return { id: approvalId, state: 'cancelled' };
}
