import type { Context } from '@/lib/context';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { knownRoles, lockPerson, personView, requireAnotherAdministrator } from './internal';
import { changeRolesSchema, type ChangeRoles, type PersonView } from './schema';

/** Gives a person other roles, felt at their next request. `conflict` when no administrator would be left. */
export async function changeRoles(ctx: Context, input: ChangeRoles): Promise<PersonView> {
  authorise(ctx, 'person.manage');
  const { personId, roles } = parseInput(changeRolesSchema, input);
  return write(ctx, async (tx) => {
    if (!roles.includes('admin')) await requireAnotherAdministrator(tx, personId);
    const person = await lockPerson(tx, personId);
    const from = knownRoles(person.roles);
    if (from.join() === roles.join()) return { view: personView(person), unchanged: true };
    await tx.person.update({ where: { id: personId }, data: { roles } });
    return { view: personView({ ...person, roles }), events: [organisationEvent('person.roles_changed', { personId, from, to: roles })] };
  });
}
