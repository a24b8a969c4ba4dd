import type { Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { forbidden, notFound } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { endSignIns, lockPerson } from './internal';
import { personIdSchema } from './schema';

/** "I know it": the browser is one's own from here on. Said from a browser that is known itself, so that a stranger's cannot vouch for a stranger's. */
export async function knowDevice(ctx: Context, id: string): Promise<void> {
  const { personId, deviceId, signInId } = judged(ctx, id);
  await write(ctx, async (tx) => {
    await lockPerson(tx, personId);
    const device = await ownDevice(tx, personId, deviceId);
    if (device.knownAt) return { view: undefined, unchanged: true };
    const here = await tx.signIn.findUnique({ where: { id: signInId }, include: { device: true } });
    if (here?.deviceId === deviceId) throw forbidden('A browser cannot vouch for itself. Say so in one that you have used before.');
    if (here?.device && !here.device.knownAt) throw forbidden('This browser is new itself. Say so in one that you have used before.');
    await tx.device.update({ where: { id: deviceId }, data: { knownAt: ctx.now() } });
    return { view: undefined, events: [organisationEvent('person.device_known', { personId, deviceId })] };
  });
}

/** "It wasn't me": all sign-ins from that browser end, and it is never known again. Answers how many ended. The password is the person's to change. */
export async function disownDevice(ctx: Context, id: string): Promise<number> {
  const { personId, deviceId, signInId } = judged(ctx, id);
  return write<number>(ctx, async (tx) => {
    await lockPerson(tx, personId);
    await ownDevice(tx, personId, deviceId);
    const here = await tx.signIn.findUnique({ where: { id: signInId } });
    if (here?.deviceId === deviceId) throw forbidden('This is the browser that you are in. Sign out here instead.');
    await tx.device.update({ where: { id: deviceId }, data: { disownedAt: ctx.now() } });
    const ended = await endSignIns(tx, ctx, personId, 'disowned', { deviceId });
    return { view: ended.length, events: [organisationEvent('person.device_disowned', { personId, deviceId, signIns: ended.length }), ...ended] };
  });
}

function judged(ctx: Context, id: string): { personId: string; deviceId: string; signInId: string } {
  authorise(ctx, 'credential.manage');
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console' || !actor.signInId) throw forbidden('This is said in the console, by the person whose browser it would be.');
  return { personId: actor.id, deviceId: parseInput(personIdSchema, id), signInId: actor.signInId };
}

async function ownDevice(tx: Tx, personId: string, deviceId: string) {
  const device = await tx.device.findFirst({ where: { id: deviceId, personId, disownedAt: null } });
  if (!device) throw notFound('There is no such browser of yours, or it was ended already.');
  return device;
}
