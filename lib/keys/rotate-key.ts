import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransactionOnce, takeKeyTurn } from '@/lib/db';
import { conflict, invalid, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import type { Holding } from './holding';
import { leastOverlapMs, signsAfterMs, usualOverlapMs } from './rules';
import { rotateInputSchema, type RotationView } from './schema';

/**
 * Puts a new key in place and lets the old one live beside it for the overlap. The new key is on disk before the event is
 * recorded; where this process dies in between, its keeper records what it finds.
 */
export async function rotateKey(ctx: Context, input: unknown, holding: Holding): Promise<RotationView> {
  authorise(ctx, 'key.rotate');
  const { name, overlapMs } = parseInput(rotateInputSchema, input);
  if (!holding.names.includes(name)) throw notFound(`The ${holding.process} does not hold the ${name} key.`);
  const least = leastOverlapMs(name, holding.lives);
  const overlap = overlapMs ?? usualOverlapMs(name, holding.lives);
  if (overlap < least) throw invalid(`The overlap of ${name} must be ${Math.ceil(least / 1_000)} s at least: that is how long something that the old key signed may live.`);
  const rotation = await sqlTransactionOnce(async (tx) => {
    await takeKeyTurn(tx, name);
    const [, previous] = await holding.keys.list(name);
    if (previous) throw conflict(`The ${name} key was rotated before, and ${previous.kid} is still live. Retire that one first: countersign keys retire ${name}.`, { previousKid: previous.kid });
    const signsFrom = new Date(ctx.now().getTime() + signsAfterMs(name));
    const made = await holding.keys.rotate(name, { signsFrom, overlapUntil: new Date(signsFrom.getTime() + overlap) });
    await record(tx, ctx, [organisationEvent('key.rotated', { name, kid: made.kid, previousKid: made.previousKid, overlapUntil: made.overlapUntil.toISOString() })]);
    return made;
  });
  await holding.renew?.[name]?.(ctx, rotation.previousKid);
  return { name, kid: rotation.kid, previousKid: rotation.previousKid, signsFrom: rotation.signsFrom.toISOString(), overlapUntil: rotation.overlapUntil.toISOString() };
}
