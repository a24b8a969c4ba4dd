import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { orderState, orderView, rowActor } from './internal';
import { lockForRelease, refusedStep, requirePerson, saveRelease } from './release-row';
import { step } from './rules';
import { orderIdSchema, type OrderView } from './schema';

/** The second person agrees to a release that somebody else asked for. Control signs it next; nothing starts again by itself. */
export async function releaseSwitch(ctx: Context, input: unknown): Promise<OrderView> {
  authorise(ctx, 'switch.release');
  requirePerson(ctx);
  const { orderId } = parseInput(orderIdSchema, input);
  return sqlTransaction(async (tx) => {
    const { row, now } = await lockForRelease(tx, orderId);
    const stepped = step(orderState(row), { type: 'second', by: rowActor(ctx), at: now });
    if (!stepped.ok) throw refusedStep(stepped.why, orderState(row));
    const saved = await saveRelease(tx, row, stepped.state);
    await record(tx, ctx, [organisationEvent('switch.release_seconded', { orderId })]);
    return orderView(saved);
  });
}

/** Takes a request for release back; anybody who may release may also keep the stop. */
export async function withdrawRelease(ctx: Context, input: unknown): Promise<OrderView> {
  authorise(ctx, 'switch.release');
  const { orderId } = parseInput(orderIdSchema, input);
  return sqlTransaction(async (tx) => {
    const { row } = await lockForRelease(tx, orderId);
    const state = orderState(row);
    if (state.state !== 'release_requested') throw refusedStep(state.state === 'released' ? 'not_engaged' : 'not_requested', state);
    const saved = await saveRelease(tx, row, { state: 'engaged' });
    await record(tx, ctx, [organisationEvent('switch.release_withdrawn', { orderId, why: 'a person withdrew it' })]);
    return orderView(saved);
  });
}
