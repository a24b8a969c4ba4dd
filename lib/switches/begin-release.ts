import { authorise, beginStepUp } from '@/lib/access';
import type { StepUpChallenge } from '@/lib/access/schema';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { orderState, readOrders } from './internal';
import { releaseAssertions, releaseSubject } from './release-assertions';
import { refusedStep, requirePerson } from './release-row';
import { signReleaseAsSchema } from './schema';

/** Asks the person for a passkey over this order's release, or over somebody else's request for it. */
export async function beginRelease(ctx: Context, input: unknown): Promise<StepUpChallenge> {
  authorise(ctx, 'switch.release');
  requirePerson(ctx);
  const { orderId, as } = parseInput(signReleaseAsSchema, input);
  const [row] = await readOrders(sql, 'WHERE id = $1', [orderId]);
  if (!row) throw notFound('There is no such order.');
  if (as === 'requested') return beginStepUp(ctx, releaseSubject(row));
  const agreesTo = releaseAssertions(row)?.requested;
  if (!agreesTo) throw refusedStep(row.state === 'released' ? 'not_engaged' : 'not_requested', orderState(row));
  return beginStepUp(ctx, releaseSubject(row, agreesTo));
}
