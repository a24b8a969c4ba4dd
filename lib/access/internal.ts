import { hash, randomBytes } from 'node:crypto';
import { roles, type Actor, type Context, type Role } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { organisationEvent, type NewEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { hashSecret } from '@/lib/signing';
import type { MadeSetupLink, PersonView } from './schema';

export type PersonRow = { id: string; email: string; name: string; roles: string[]; state: string; passwordHash: string | null; createdAt: Date };
export type PersonActor = Extract<Actor, { kind: 'person' }>;

export const knownRoles = (held: readonly string[]): Role[] => roles.filter((role) => held.includes(role));

/** The person as they stand on the record when they act; what they may do is `loadActor`'s to say. */
export function personActor(row: Pick<PersonRow, 'id' | 'name' | 'email' | 'roles'>, via: PersonActor['via']): PersonActor {
  return { kind: 'person', id: row.id, name: row.name, email: row.email, roles: knownRoles(row.roles), via };
}

export function personView(row: PersonRow, lastSeenAt: Date | null = null): PersonView {
  return {
    id: row.id, email: row.email, name: row.name, roles: knownRoles(row.roles), state: row.state === 'active' ? 'active' : 'deactivated',
    hasPassword: row.passwordHash !== null, createdAt: row.createdAt.toISOString(), lastSeenAt: lastSeenAt?.toISOString() ?? null,
  };
}

/** The person's row, held until the transaction ends. */
export async function lockPerson(tx: Tx, id: string): Promise<PersonRow> {
  const [row] = await tx.$queryRaw<PersonRow[]>`
    SELECT id, email, name, roles, state, password_hash AS "passwordHash", created_at AS "createdAt" FROM person WHERE id = ${id}::uuid FOR UPDATE`;
  if (!row) throw notFound('There is no such person.');
  return row;
}

/** How many ways in a person has: a password, passkeys, accounts at a provider. Hold their row. */
export async function countWaysIn(tx: Tx, { id, passwordHash }: Pick<PersonRow, 'id' | 'passwordHash'>): Promise<number> {
  return (passwordHash === null ? 0 : 1) + (await tx.passkey.count({ where: { personId: id, revokedAt: null } })) + (await tx.identity.count({ where: { personId: id } }));
}

/** An active administrator, and whether they have a way in at all. */
export type Administrator = { id: string; opens: boolean };

/** All active administrators' rows, held in one order, so that two cannot remove each other. */
export async function lockAdministrators(tx: Tx): Promise<Administrator[]> {
  await tx.$queryRaw`SELECT 1 FROM person WHERE state = 'active' AND 'admin' = ANY(roles) ORDER BY id FOR UPDATE`;
  // Read once all are held: a statement that waited does not see what was taken away in other tables meanwhile.
  return tx.$queryRaw<Administrator[]>`
    SELECT p.id, p.password_hash IS NOT NULL OR EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id) OR EXISTS (SELECT 1 FROM passkey k WHERE k.person_id = p.id AND k.revoked_at IS NULL) AS opens
    FROM person p WHERE p.state = 'active' AND 'admin' = ANY(p.roles) ORDER BY p.id`;
}

/** Refuses to take the last active administrator away. */
export async function requireAnotherAdministrator(tx: Tx, personId: string, rows?: readonly Administrator[]): Promise<void> {
  const administrators = rows ?? (await lockAdministrators(tx));
  const leaving = administrators.find((row) => row.id === personId);
  const others = administrators.filter((row) => row.id !== personId);
  // Somebody who was invited and has no way in yet cannot be the one who is left.
  if (leaving && !others.some((row) => row.opens || !leaving.opens)) throw conflict('This is the last active administrator who can sign in. Make somebody else an administrator first, and let them sign in.');
}

/** How an address that was typed goes on the record, and is found there again. */
export const emailHash = (email: string): string => hash('sha256', email.trim().toLowerCase(), 'hex');

export const newUrlSecret = (): string => randomBytes(32).toString('base64url');
export const urlSecretShape = /^[A-Za-z0-9_-]{43}$/;

/** A new link; older ones of the same person no longer work. */
export async function replaceSetupLink(tx: Tx, ctx: Context, personId: string, lifeMs: number): Promise<{ link: MadeSetupLink; event: NewEvent }> {
  const token = newUrlSecret();
  const expiresAt = new Date(ctx.now().getTime() + lifeMs);
  await tx.setupLink.updateMany({ where: { personId, usedAt: null }, data: { usedAt: ctx.now() } });
  await tx.setupLink.create({ data: { id: newId(), personId, hash: hashSecret(token), expiresAt } });
  return {
    link: { path: `/set-password/${token}`, expiresAt: expiresAt.toISOString() },
    event: organisationEvent('person.setup_link_made', { personId, expiresAt: expiresAt.toISOString() }),
  };
}

/** Ends the links that could still be opened; an event if there was one. */
export async function endSetupLinks(tx: Tx, ctx: Context, personId: string, why: 'withdrawn' | 'deactivated'): Promise<NewEvent[]> {
  const { count } = await tx.setupLink.updateMany({ where: { personId, usedAt: null, expiresAt: { gt: ctx.now() } }, data: { usedAt: ctx.now() } });
  return count === 0 ? [] : [organisationEvent('person.setup_link_ended', { personId, why })];
}

/** Refuses for a person whose roles and teams come from their provider's groups: by hand they would hold until the next sign-in only. */
export async function requireByHand(tx: Tx, personId: string): Promise<void> {
  const row = await tx.person.findUnique({ where: { id: personId }, select: { managedBy: true } });
  if (row?.managedBy) throw conflict(`The groups of ${row.managedBy} give this person their roles and teams. Change their groups there, or deactivate them here.`);
}

/** Ends the person's sign-ins: all, all but one, or those of one browser. An event for each. */
export async function endSignIns(tx: Tx, ctx: Context, personId: string, why: 'deactivated' | 'password_set' | 'revoked' | 'roles_removed' | 'disowned', which: { except?: string | undefined; deviceId?: string } = {}): Promise<NewEvent[]> {
  const ended = await tx.$queryRaw<{ id: string }[]>`
    UPDATE sign_in SET revoked_at = ${ctx.now()}, ended_why = ${why} WHERE person_id = ${personId}::uuid AND revoked_at IS NULL AND expires_at > ${ctx.now()}
    AND id IS DISTINCT FROM ${which.except ?? null}::uuid AND (${which.deviceId ?? null}::uuid IS NULL OR device_id = ${which.deviceId ?? null}::uuid) RETURNING id`;
  return ended.map(({ id }) => organisationEvent('person.signed_out', { personId, signInId: id, why }));
}
