import type { Actor } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { forbidden } from '@/lib/errors';
import { hasRole, knownVerbs, may, permissions, verbs, type Verb } from './permissions';
import { builtInRole } from './role-names';

/** Whoever may give everything there is: an administrator within what their token is held to, and whoever holds the machine. */
const mayGiveAll = (actor: Actor): boolean => actor.kind === 'host' || actor.kind === 'system' || (actor.kind === 'person' && actor.roles.includes('admin') && verbs.every((verb) => may(actor, verb)));

/** Of these verbs, those that the actor may not hand on: what they cannot do, and without being an administrator also what is an administrator's. */
export function beyondReach(actor: Actor, asked: readonly Verb[]): Verb[] {
  if (actor.kind === 'host' || actor.kind === 'system') return [];
  const administrator = actor.kind === 'person' && actor.roles.includes('admin');
  return asked.filter((verb) => !may(actor, verb) || (permissions[verb] === 'admin' && !administrator));
}

/** What a role lets its holder do. */
export async function verbsOf(tx: Pick<Tx, 'customRole'>, roles: readonly string[]): Promise<Verb[]> {
  const builtIn = roles.filter(builtInRole);
  const own = await tx.customRole.findMany({ where: { name: { in: roles.filter((name) => !builtInRole(name)) }, archivedAt: null }, select: { verbs: true } });
  const named = new Set(own.flatMap((role) => knownVerbs(role.verbs)));
  return verbs.filter((verb) => hasRole(builtIn, permissions[verb]) || named.has(verb));
}

/** Of what these roles let their holder do, something that the actor may not give or take; undefined when all of it is theirs. */
async function beyond(tx: Pick<Tx, 'customRole'>, actor: Actor, roles: readonly string[]): Promise<string | undefined> {
  if (mayGiveAll(actor)) return undefined;
  const [verb] = beyondReach(actor, await verbsOf(tx, roles));
  return verb ?? (roles.includes('admin') ? 'everything' : undefined);
}

/** Whether the actor may manage somebody with these roles. */
export const reaches = async (tx: Pick<Tx, 'customRole'>, actor: Actor, roles: readonly string[]): Promise<boolean> => (await beyond(tx, actor, roles)) === undefined;

/**
 * Nobody gives what they do not have, and nobody manages somebody who may do more than they: else whoever may manage people could make
 * themselves an administrator, or take an administrator's account over by a link.
 */
export async function requireReach(tx: Pick<Tx, 'customRole'>, actor: Actor, roles: readonly string[]): Promise<void> {
  const what = await beyond(tx, actor, roles);
  if (what !== undefined) throw forbidden(`The role ${roles.join(', ')} includes ${what}, which is not yours to give or to take. An administrator can.`);
}
