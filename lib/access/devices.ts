import type { Context } from '@/lib/context';
import { prisma, type Tx } from '@/lib/db';
import { organisationEvent, type NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { hashSecret } from '@/lib/signing';
import { newUrlSecret, urlSecretShape } from './internal';
import { knownMethod, type NewDeviceView } from './schema';

/** So many persons can share a browser before the first of them is forgotten. */
const MOST_TOKENS = 5;

export type NotedDevice = { deviceId: string; isNew: boolean; deviceToken: string; events: NewEvent[] };

/**
 * Finds the browser that a person signs in with by the tokens in its cookie, or makes a new one. A token counts for the person
 * it was made for alone and is always of our making: one that somebody planted, or took from their own browser, is unknown.
 * A person's first device of all is known, for there is nobody to tell.
 */
export async function noteDevice(tx: Tx, ctx: Context, personId: string, presented: string | undefined): Promise<NotedDevice> {
  const tokens = (presented ?? '').split('.').filter((token) => urlSecretShape.test(token)).slice(0, MOST_TOKENS);
  const there = tokens.length === 0 ? null : await tx.device.findFirst({ where: { personId, hash: { in: tokens.map(hashSecret) }, disownedAt: null }, orderBy: { lastSeenAt: 'desc' } });
  const now = ctx.now();
  const userAgent = ctx.userAgent?.slice(0, 300) ?? null;
  if (there) {
    await tx.device.update({ where: { id: there.id }, data: { lastSeenAt: now, userAgent } });
    return { deviceId: there.id, isNew: false, deviceToken: tokens.join('.'), events: [] };
  }
  const first = (await tx.device.count({ where: { personId } })) === 0 && (await tx.signIn.count({ where: { personId } })) === 0;
  const deviceId = newId();
  const token = newUrlSecret();
  await tx.device.create({ data: { id: deviceId, personId, hash: hashSecret(token), userAgent, firstSeenAt: now, lastSeenAt: now, knownAt: first ? now : null } });
  return {
    deviceId, isNew: !first, deviceToken: [token, ...tokens].slice(0, MOST_TOKENS).join('.'),
    events: first ? [] : [organisationEvent('person.new_device', { personId, deviceId, ip: ctx.ip ?? null })],
  };
}

/** One's own browsers that nobody has vouched for, but not the one that asks: it can't vouch for itself, and is not warned of itself. */
export async function listNewDevices(ctx: Context): Promise<NewDeviceView[]> {
  const { actor } = ctx;
  if (actor.kind !== 'person' || !actor.signInId) return [];
  const rows = await prisma().$queryRaw<{ id: string; userAgent: string | null; firstSeenAt: Date; ip: string | null; method: string | null; live: number }[]>`
    SELECT d.id, d.user_agent AS "userAgent", d.first_seen_at AS "firstSeenAt", first.ip, first.method, (SELECT count(*)::int FROM sign_in s WHERE s.device_id = d.id AND s.revoked_at IS NULL AND s.expires_at > ${ctx.now()}) AS live
    FROM device d LEFT JOIN LATERAL (SELECT ip, method FROM sign_in s WHERE s.device_id = d.id ORDER BY created_at LIMIT 1) first ON true
    WHERE d.person_id = ${actor.id}::uuid AND d.known_at IS NULL AND d.disowned_at IS NULL AND d.id IS DISTINCT FROM (SELECT device_id FROM sign_in WHERE id = ${actor.signInId}::uuid)
    ORDER BY d.first_seen_at DESC LIMIT 20`;
  return rows.map((row) => ({ id: row.id, userAgent: row.userAgent, ip: row.ip, method: row.method === null ? null : knownMethod(row.method), firstSeenAt: row.firstSeenAt.toISOString(), liveSignIns: row.live }));
}
