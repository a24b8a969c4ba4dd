import type { Context } from '@/lib/context';
import { env } from '@/lib/env';
import { DomainError } from '@/lib/errors';
import { leaveRequest, type Requested } from '@/lib/pending';

/** Runs a verb for a token. What takes a passkey is left for the token's person: the answer is 403 with the address where they finish it. */
export async function orLeaveFor<T>(ctx: Context, requested: Requested, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'step_up_required') throw error;
    const { id, expiresAt } = await leaveRequest(ctx, requested);
    throw new DomainError('step_up_required', `${error.message} Finish it in the console within fifteen minutes.`, { data: { ...error.data, url: `${env().publicUrl}/pending/${id}`, expiresAt }, cause: error });
  }
}
