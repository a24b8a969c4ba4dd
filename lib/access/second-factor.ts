import type { Confined, Role } from '@/lib/context';
import { prisma, type Tx } from '@/lib/db';
import { conflict } from '@/lib/errors';
import { loadActor } from './load-actor';
import { hasRole, knownVerbs, permissions } from './permissions';
import type { SecondFactorFrom } from './rules';
import { knownMethod, type SignInMethod } from './schema';
import { signInRules } from './sign-in-limits';

type Holder = { roles: readonly Role[]; customRoles?: readonly { name: string; verbs: readonly string[] }[] | undefined };

/** Whether a second factor is required of somebody: by a role of the ladder, or by a role of the organisation's own that may do what takes one. */
export function needsSecondFactor(from: SecondFactorFrom, holder: Holder): boolean {
  if (from === 'nobody' || from === 'everybody') return from === 'everybody';
  return hasRole(holder.roles, from) || (holder.customRoles ?? []).some((own) => knownVerbs(own.verbs).some((verb) => hasRole([permissions[verb]], from)));
}

// A passkey is two by itself: the device, and its check of the person.
const shown: Record<SignInMethod, boolean> = { password: false, password_totp: true, password_recovery: true, password_passkey: true, passkey: true, oidc: false };

/**
 * What a sign-in still lacks where a second factor is required. Having one is not enough: whoever knows the password alone must not get
 * in by it because its owner has a passkey as well. A sign-in at the provider has what the provider asked for, so there it is enough.
 */
export function confinement(method: SignInMethod, hasFactor: boolean): Confined | undefined {
  if (shown[method]) return undefined;
  if (!hasFactor) return 'no_factor';
  return method === 'oidc' ? undefined : 'factor_unused';
}

/** The same for a sign-in as it is kept; reads nothing more where nothing is required. */
export async function confinementOf(from: SecondFactorFrom, holder: Holder & { id: string }, kept: string): Promise<Confined | undefined> {
  const method = knownMethod(kept);
  if (shown[method] || !needsSecondFactor(from, holder)) return undefined;
  return confinement(method, (await factorsOf(holder.id)) > 0);
}

/** How many second factors a person has: a one-time password that is on, and passkeys that count. */
export async function factorsOf(personId: string, db: Pick<Tx, 'totp' | 'passkey'> = prisma()): Promise<number> {
  return (await db.totp.count({ where: { personId, confirmedAt: { not: null } } })) + (await db.passkey.count({ where: { personId, revokedAt: null } }));
}

/** Keeps that with this sign-in, by a password alone so far, a second factor was shown as well: it was set up with it a moment ago. Others of the same person show theirs by signing in again. */
export async function showedFactor(tx: Tx, actor: { id: string; signInId?: string | undefined }, method: 'password_totp' | 'password_passkey'): Promise<void> {
  if (actor.signInId) await tx.signIn.updateMany({ where: { id: actor.signInId, personId: actor.id, method: 'password' }, data: { method } });
}

/** Refuses to leave a person without any where one is required; ask before one is taken away. Hold their row. */
export async function requireFactorLeft(tx: Tx, personId: string, now: Date): Promise<void> {
  const { secondFactorFrom } = await signInRules(tx);
  if (secondFactorFrom === 'nobody' || (await factorsOf(personId, tx)) !== 1) return;
  const person = await loadActor(personId, 'console', now, tx);
  if (person && needsSecondFactor(secondFactorFrom, person)) throw conflict('This is your only second factor, and one is required of you. Set another one up first.');
}
