import type { Context } from '@/lib/context';
import { forbidden, invalid, unauthenticated } from '@/lib/errors';
import { organisationEvent, write, type NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { readStopKeyJwk } from '@/lib/signing';
import { authorise } from './authorise';
import { lockPerson } from './internal';
import { endStopKeys, tellControl } from './stop-key-rows';
import { MOST_STOP_KEYS, registerStopKeySchema, STOP_KEY_MS, type RegisteredStopKey, type RegisterStopKey } from './stop-key-schema';

/**
 * Keeps the public half of a key that this person's browser made for itself. The same key again changes nothing; a renewal ends the
 * key that it replaces, and an eleventh browser the one that was idle longest.
 */
export async function registerStopKey(ctx: Context, input: RegisterStopKey): Promise<RegisteredStopKey> {
  authorise(ctx, 'stop_key.register');
  const { jwk: given, name, replaces } = parseInput(registerStopKeySchema, input);
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console') throw forbidden('A stop key belongs to a browser that somebody is signed in with. Open the console there.');
  const jwk = readStopKeyJwk(given);
  if (!jwk) throw invalid('/jwk: must be the public half of an ECDSA key on P-256 and nothing else', [{ path: '/jwk', message: 'must be the public half of an ECDSA key on P-256 and nothing else' }]);
  return write(ctx, async (tx) => {
    const person = await lockPerson(tx, actor.id);
    if (person.state !== 'active') throw unauthenticated('This account is deactivated.');
    const live = await tx.stopKey.findMany({ where: { personId: person.id, revokedAt: null, expiresAt: { gt: ctx.now() } } });
    const same = live.find((row) => { const held = readStopKeyJwk(row.jwk); return held?.x === jwk.x && held.y === jwk.y; });
    if (same) return { view: { id: same.id, expiresAt: same.expiresAt.toISOString() }, unchanged: true };
    const renewed = live.filter((row) => row.id === replaces);
    const idle = live.filter((row) => row.id !== replaces).sort((a, b) => lastSign(a) - lastSign(b));
    const tooMany = idle.slice(0, Math.max(0, idle.length + 1 - MOST_STOP_KEYS));
    const id = newId();
    const expiresAt = new Date(ctx.now().getTime() + STOP_KEY_MS);
    await tx.stopKey.create({ data: { id, personId: person.id, name, jwk, createdAt: ctx.now(), expiresAt } });
    const ended: NewEvent[] = [...(await endStopKeys(tx, ctx, renewed, 'renewed')), ...(await endStopKeys(tx, ctx, tooMany, 'too_many'))];
    await tellControl(tx);
    const registered = organisationEvent('stop_key.registered', { keyId: id, personId: person.id, name, expiresAt: expiresAt.toISOString() });
    return { view: { id, expiresAt: expiresAt.toISOString() }, events: [registered, ...ended] };
  });
}

const lastSign = (row: { createdAt: Date; lastUsedAt: Date | null }): number => Math.max(row.createdAt.getTime(), row.lastUsedAt?.getTime() ?? 0);
