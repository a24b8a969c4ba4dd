import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransactionOnce, takeKeyTurn } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import type { Holding } from './holding';
import type { RotatableName } from './rules';
import { retireInputSchema, rewrappedNames } from './schema';

/** Ends the old key of a name for good. Refused while something still needs it, and during the overlap unless `now` is said. */
export async function retireKey(ctx: Context, input: unknown, holding: Holding): Promise<{ name: RotatableName; kid: string }> {
  authorise(ctx, 'key.rotate');
  const { name, now } = parseInput(retireInputSchema, input);
  if (!holding.names.includes(name)) throw notFound(`The ${holding.process} does not hold the ${name} key.`);
  const [, previous] = await holding.keys.list(name);
  if (!previous) throw conflict(`There is no old ${name} key to retire.`);
  if (!now && previous.overlapUntil && ctx.now() < previous.overlapUntil) {
    const until = `The old ${name} key lives until ${previous.overlapUntil.toISOString()}`;
    // A wrapping key signs nothing: what it waits for is a replica that is handed its files late, and that there is none is for people to know.
    throw conflict(wraps(name) ? `${until}, for replicas that get their key files late and still wrap with it. --now ends it at once: use it where all of them share the folder.` : `${until}: what it signed may still be on its way. --now ends it at once, and refuses that.`);
  }
  return { name, kid: await endPrevious(ctx, name, holding, previous.kid) };
}

const wraps = (name: RotatableName) => (rewrappedNames as readonly string[]).includes(name);

/** The end itself, of the key that was judged and no other: what can be made anew is, then nothing may need it any more, then it is destroyed. */
export async function endPrevious(ctx: Context, name: RotatableName, holding: Holding, kid: string): Promise<string> {
  const [current, previous] = await holding.keys.list(name);
  if (current && previous) await holding.renewBeforeEnd?.[name]?.(ctx, current.kid, previous.kid);
  return sqlTransactionOnce(async (tx) => {
    await takeKeyTurn(tx, name);
    await holding.keys.refresh();
    const [, still] = await holding.keys.list(name);
    if (still?.kid !== kid) throw conflict(`The old ${name} key ${kid} was retired meanwhile.`);
    const need = await holding.needs?.[name]?.(still.kid);
    if (need) throw conflict(`The old ${name} key is still needed: ${need}`);
    await record(tx, ctx, [organisationEvent('key.retired', { name, kid: still.kid })]);
    // Last, and never a second time: a transaction is rolled back, a destroyed key is not.
    await holding.keys.retire(name);
    return still.kid;
  });
}
