import { callerOf } from '@/app/_session/caller';
import { problem } from '@/app/api/_problem';
import { FailedCredentials } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { engageByStopKey } from '@/lib/switches';
import { json, readJson } from '../../_rest';

const failures = new FailedCredentials();

/**
 * A stop that a browser's own key signed. The signature is who asks: no cookie is looked at and no token taken, so another site that
 * sends a visitor here brings nothing that stops.
 */
export async function POST(request: Request): Promise<Response> {
  const ctx = makeContext({ kind: 'system', process: 'console' }, callerOf(request.headers));
  try {
    return json(await failures.watch(ctx.ip ?? '', async () => engageByStopKey(ctx, await readJson(request))), 202, { 'x-request-id': ctx.requestId });
  } catch (error) {
    return problem(error, ctx.requestId);
  }
}
