import { authorise, finishStepUp, stepUpTransaction } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { orderState, orderView, rowActor } from './internal';
import { releaseAssertions, releaseSubject } from './release-assertions';
import { lockForRelease, passkeyNeeded, refusedStep, requireOldRight, requirePerson, saveRelease } from './release-row';
import { step } from './rules';
import { orderIdSchema, secondReleaseSchema, type OrderView } from './schema';

/** The second person agrees, by passkey, to a release that somebody else asked for. Control signs it next; nothing starts again by itself. */
export async function releaseSwitch(ctx: Context, input: unknown): Promise<OrderView> {
  authorise(ctx, 'switch.release');
  const person = requirePerson(ctx);
  const { orderId, stepUp } = parseInput(secondReleaseSchema, input);
  return stepUpTransaction(ctx, async (tx) => {
    const { row, now } = await lockForRelease(tx, orderId);
    requireOldRight(person, row, now);
    const stepped = step(orderState(row), { type: 'second', by: rowActor(ctx), at: now });
    if (!stepped.ok) throw refusedStep(stepped.why, orderState(row));
    const given = releaseAssertions(row);
    // A request from before passkeys, or one whose proof is gone, cannot be agreed to.
    if (!given) throw refusedStep('not_requested', orderState(row));
    if (!stepUp) throw passkeyNeeded();
    const assertion = await finishStepUp(tx, ctx, releaseSubject(row, given.requested), stepUp);
    const saved = await saveRelease(tx, row, stepped.state, { ...given, seconded: assertion });
    await record(tx, ctx, [organisationEvent('switch.release_seconded', { orderId, assertion })]);
    return orderView(saved);
  });
}

/** Takes a request for release back; anybody who may release may also keep the stop. */
export async function withdrawRelease(ctx: Context, input: unknown): Promise<OrderView> {
  authorise(ctx, 'switch.release');
  const { orderId } = parseInput(orderIdSchema, input);
  return sqlTransaction(async (tx) => {
    const { row, now } = await lockForRelease(tx, orderId);
    const stepped = step(orderState(row), { type: 'withdraw', by: rowActor(ctx), at: now });
    if (!stepped.ok) throw refusedStep(stepped.why, orderState(row));
    const saved = await saveRelease(tx, row, stepped.state, null);
    await record(tx, ctx, [organisationEvent('switch.release_withdrawn', { orderId, why: 'a person withdrew it' })]);
    return orderView(saved);
  });
}
