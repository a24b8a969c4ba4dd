import type { Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { unauthenticated } from '@/lib/errors';
import { organisationEvent, type NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { noteDevice } from './devices';
import { lockPerson, personView } from './internal';
import { SIGN_IN_REFUSED, type PersonView, type SignInMethod } from './schema';
import { signInLimits } from './sign-in-limits';

export type OpenedSignIn = {
  kind: 'opened'; signInId: string; person: PersonView; expiresAt: Date;
  /** What the browser's device cookie holds from now on. A secret. */
  deviceToken: string;
};

/**
 * The one end of every way in, once the person has proved who they are by `method`. Call it in a `write` whose actor is that
 * person and return what it gives, with further events added where there are any. Holds the person's row; whoever was
 * deactivated meanwhile is refused as anybody unknown would be.
 */
export async function openSignIn(
  tx: Tx, ctx: Context, personId: string, by: { method: SignInMethod; deviceToken?: string | undefined },
): Promise<{ view: OpenedSignIn; events: [NewEvent, ...NewEvent[]] }> {
  const person = await lockPerson(tx, personId);
  if (person.state !== 'active') throw unauthenticated(SIGN_IN_REFUSED);
  const now = ctx.now();
  const { deviceId, deviceToken, events } = await noteDevice(tx, ctx, personId, by.deviceToken);
  const signInId = newId();
  const expiresAt = new Date(now.getTime() + (await signInLimits(tx)).absoluteMs);
  await tx.signIn.create({
    data: { id: signInId, personId, createdAt: now, lastSeenAt: now, expiresAt, method: by.method, deviceId, ip: ctx.ip ?? null, userAgent: ctx.userAgent?.slice(0, 300) ?? null },
  });
  return {
    view: { kind: 'opened', signInId, person: personView(person, now), expiresAt, deviceToken },
    events: [organisationEvent('person.signed_in', { personId, signInId, ip: ctx.ip ?? null, method: by.method, deviceId }), ...events],
  };
}
