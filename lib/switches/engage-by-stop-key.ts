import { admitStopKey, readStopKey, spendStopNonce } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authoriseEngage } from './authorise-engage';
import { insertOrder } from './engage-switch';
import { signedStopSchema, type SignedStop, type StoppedByKey } from './schema';

/**
 * Stops what a browser's own key signed, as its person, without a sign-in: the key live, the person active, the time within five
 * minutes, the number unused, the scope within the person's roles of this moment. It stops and does nothing else, and answers nothing
 * that could not be known without reading.
 */
export async function engageByStopKey(ctx: Context, signed: unknown, id = newId()): Promise<StoppedByKey> {
  const { signature, ...claim } = parseInput(signedStopSchema, signed);
  return sqlTransaction(async (tx) => {
    const actor = admitStopKey(await readStopKey(tx, claim.keyId), claim, signature, ctx.now());
    const asPerson = makeContext(actor, { now: ctx.now, requestId: ctx.requestId });
    const cover = authoriseEngage(asPerson, coverOf(claim), env().environment);
    await spendStopNonce(tx, ctx, claim);
    const order = await insertOrder(tx, asPerson, { ...cover, ...holdOf(claim) }, 'stop', { id, issuedAt: ctx.now() });
    return { order: { id: order.id, scope: order.scope }, standing: order.id !== id, durability: 'database' };
  });
}

/** What it holds besides, under the same signature. */
export const holdOf = ({ holdMinutes }: Pick<SignedStop, 'holdMinutes'>) => (holdMinutes === undefined ? {} : { holdMinutes });

/** What it is about, without how it was signed. */
export const coverOf = ({ scope, target, environment }: Pick<SignedStop, 'scope' | 'target' | 'environment'>) => ({ scope, ...(target === undefined ? {} : { target }), ...(environment === undefined ? {} : { environment }) });
