import type { Context, Role } from '@/lib/context';
import { prisma } from '@/lib/db';
import { authorise } from './authorise';
import { hasRole, knownVerbs, permissions, verbs } from './permissions';
import { stillWaiting } from './load-actor';
import { waitMsOf } from './rights';
import { builtInRole, orderedRoles } from './role-names';
import type { ExplainedPerson, HeldRole } from './schema';
import { readSetting } from './settings';

/** For everybody who is active: what they may do, and which of their roles gives it on whose word. */
export async function explainRights(ctx: Context): Promise<ExplainedPerson[]> {
  authorise(ctx, 'person.read');
  const [people, own, hours] = await Promise.all([
    prisma().person.findMany({ where: { state: 'active' }, orderBy: [{ name: 'asc' }, { id: 'asc' }], include: { grants: { where: { kind: 'role' } } } }),
    prisma().customRole.findMany({ where: { archivedAt: null } }),
    readSetting('new_rights_wait_hours'),
  ]);
  return people.map((person) => {
    const waiting = stillWaiting(person.grants.map((grant) => ({ kind: 'role' as const, name: grant.name, since: grant.grantedAt })), waitMsOf(hours), ctx.now());
    const held = orderedRoles(person.roles).map((name): HeldRole => {
      const grant = person.grants.find((one) => one.name === name);
      return {
        name, since: grant?.grantedAt.toISOString() ?? null, by: wordOf(grant?.grantedBy), waitsUntil: waiting.find((one) => one.name === name)?.until?.toISOString() ?? null,
        verbs: builtInRole(name) ? verbs.filter((verb) => hasRole([name as Role], permissions[verb])) : knownVerbs(own.find((role) => role.name === name)?.verbs ?? []),
      };
    });
    return { id: person.id, name: person.name, held, may: verbs.flatMap((verb) => { const from = held.filter((role) => role.verbs.includes(verb)).map((role) => role.name); return from.length > 0 ? [{ verb, from }] : []; }) };
  });
}

function wordOf(grantedBy: unknown): string | null {
  if (typeof grantedBy !== 'object' || grantedBy === null) return null;
  const { kind, id, name } = grantedBy as { kind?: unknown; id?: unknown; name?: unknown };
  if (typeof name === 'string') return name;
  return kind === 'host' ? `${String(id)} on the host` : kind === 'system' ? `the ${String(id)}` : null;
}
