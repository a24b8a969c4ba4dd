import { authorise, finishStepUp, stepUpTransaction } from '@/lib/access';
import type { Context } from '@/lib/context';
import { invalid } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { countReleasers } from './releasers';
import { releaseSubject } from './release-assertions';
import { lockForRelease, passkeyNeeded, refusedStep, requireOldRight, requirePerson, saveRelease } from './release-row';
import { rowActor, orderState, orderView } from './internal';
import { step } from './rules';
import { releaseChecklist, requestReleaseSchema, type OrderView } from './schema';

/**
 * Asks for a stop to be undone, with the checklist ticked and a passkey over this very order. For session and instance that is enough;
 * an agent, a class or everything takes a second person, or ten minutes while there is no second one. Control signs; until then it stands.
 */
export async function requestRelease(ctx: Context, input: unknown): Promise<OrderView> {
  authorise(ctx, 'switch.release');
  const person = requirePerson(ctx);
  const { orderId, checklist, reason, stepUp } = parseInput(requestReleaseSchema, input);
  const missing = releaseChecklist.filter((line) => !checklist.includes(line));
  if (missing.length > 0) throw invalid(`Every line of the checklist must be ticked; missing: ${missing.join(', ')}.`, [{ path: '/checklist', message: `missing: ${missing.join(', ')}` }]);
  return stepUpTransaction(ctx, async (tx) => {
    const { row, now } = await lockForRelease(tx, orderId);
    requireOldRight(person, row, now);
    const stepped = step(orderState(row), { type: 'request', by: rowActor(ctx), at: now, scope: row.scope, checklist, reason: reason ?? null, canRelease: await countReleasers(tx, new Date(row.engagedAt)) });
    if (!stepped.ok) throw refusedStep(stepped.why, orderState(row));
    if (!stepUp) throw passkeyNeeded();
    const assertion = await finishStepUp(tx, ctx, releaseSubject(row), stepUp);
    const saved = await saveRelease(tx, row, stepped.state, { requested: assertion, seconded: null });
    const pending = stepped.state.state === 'release_requested' ? stepped.state.pending : undefined;
    await record(tx, ctx, [organisationEvent('switch.release_requested', { orderId, checklist, notBefore: pending?.notBefore ?? null, assertion })]);
    return orderView(saved);
  });
}
