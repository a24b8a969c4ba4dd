import type { Context } from '@/lib/context';
import { write } from '@/lib/log';
import { authorise } from './authorise';
import { lockPerson } from './internal';
import { argon2id, type PasswordHasher } from './passwords';
import { proveOwner } from './prove-owner';
import { replaceRecoveryCodes } from './recovery-codes';

/** Ten new recovery codes for oneself, shown this once; the old ones open nothing any more. */
export async function makeRecoveryCodes(ctx: Context, input: { proof: string }, hasher: PasswordHasher = argon2id): Promise<{ codes: string[] }> {
  authorise(ctx, 'credential.manage');
  const { personId, settle } = await proveOwner(ctx, input.proof, hasher);
  return write(ctx, async (tx) => {
    await lockPerson(tx, personId);
    const used = await settle(tx);
    const { codes, event } = await replaceRecoveryCodes(tx, ctx, personId);
    return { view: { codes }, events: [event, ...used] };
  });
}
