import { z } from 'zod';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from '../authorise';
import { lockPerson } from '../internal';
import { ownerOf } from './prove-again';
import { passkeyIdSchema, passkeyNameSchema } from './schema';

const renamePasskeySchema = z.strictObject({ passkeyId: passkeyIdSchema, name: passkeyNameSchema });

/** Calls one of one's own keys by another name. */
export async function renamePasskey(ctx: Context, input: z.input<typeof renamePasskeySchema>): Promise<void> {
  authorise(ctx, 'credential.manage');
  const owner = ownerOf(ctx);
  const { passkeyId, name } = parseInput(renamePasskeySchema, input);
  await write(ctx, async (tx) => {
    await lockPerson(tx, owner.id);
    const key = await tx.passkey.findFirst({ where: { id: passkeyId, personId: owner.id, revokedAt: null } });
    if (!key) throw notFound('You have no such passkey; it may have been removed.');
    if (key.name === name) return { view: undefined, unchanged: true };
    await tx.passkey.update({ where: { id: key.id }, data: { name } });
    return { view: undefined, events: [organisationEvent('person.passkey_renamed', { personId: owner.id, passkeyId, from: key.name, to: name })] };
  });
}
