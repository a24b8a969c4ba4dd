import type { Context } from '@/lib/context';
import { parseInput } from '@/lib/parse-input';
import { claim, recordFinish, requireConsole } from './internal';
import { requestIdSchema, type PendingRequest } from './schema';

/** Lets it be: nothing is done, and it can be finished no more. Takes no key. */
export async function dismissRequest(ctx: Context, input: unknown): Promise<PendingRequest> {
  const person = requireConsole(ctx);
  const { id } = parseInput(requestIdSchema, input);
  const { request } = await claim(person, id);
  await recordFinish(ctx, request, person, 'refused');
  return request;
}
