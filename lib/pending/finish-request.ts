import type { z } from 'zod';
import { decideApproval } from '@/lib/approvals';
import type { Context } from '@/lib/context';
import { asDomainError } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { requestRelease } from '@/lib/switches';
import { claim, putBack, recordFinish, requireConsole } from './internal';
import { finishRequestSchema, type PendingRequest } from './schema';

/**
 * Does what a token asked for, as its person, with their passkey: exactly that, once. What no second try can change ends it as refused;
 * a key that was not taken, or a server that failed, leaves it waiting.
 */
export async function finishRequest(ctx: Context, input: z.input<typeof finishRequestSchema>): Promise<PendingRequest> {
  const person = requireConsole(ctx);
  const { id, stepUp, reason } = parseInput(finishRequestSchema, input);
  const { request, again } = await claim(person, id);
  try {
    await carryOut(ctx, request, stepUp, reason);
  } catch (error) {
    const { code, data } = asDomainError(error);
    // Somebody's earlier try went through and could not say so any more.
    if (again && (data?.why === 'already_signed' || (data?.why === 'already_requested' && data.by === person.id))) {
      await recordFinish(ctx, request, person, 'done');
      return request;
    }
    if (code === 'conflict' || code === 'forbidden' || code === 'not_found') await recordFinish(ctx, request, person, 'refused');
    else await putBack(id);
    throw error;
  }
  await recordFinish(ctx, request, person, 'done');
  return request;
}

function carryOut(ctx: Context, request: PendingRequest, stepUp: z.output<typeof finishRequestSchema>['stepUp'], reason: string | undefined): Promise<unknown> {
  const because = reason ?? request.body.reason;
  const why = because === undefined ? {} : { reason: because };
  switch (request.kind) {
    case 'approval_decision': return decideApproval(ctx, { approvalId: request.objectId, verdict: 'approve', digest: request.body.digest, stepUp, ...why });
    case 'switch_release': return requestRelease(ctx, { orderId: request.objectId, checklist: request.body.checklist, stepUp, ...why });
  }
}
