import type { Context } from '@/lib/context';
import type { Tx } from '@/lib/db';
import { invalid } from '@/lib/errors';
import { organisationEvent, write, type NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from './authorise';
import { knownRoles, replaceSetupLink } from './internal';
import { passwordIssues } from './password-issues';
import { argon2id, type PasswordHasher } from './passwords';
import { FIRST_LINK_MS } from './rules';
import { emailSchema, type MadeSetupLink } from './schema';
import { keepGrants, setRights, teamsOf } from './set-rights';

export type FirstAdministrator =
  | { kind: 'present' }
  | { kind: 'password_set'; email: string }
  /** Show it to whoever started this, and to nobody else: a terminal, or a file of mode 0600. */
  | { kind: 'link'; email: string; link: MadeSetupLink };

const DEFAULT_EMAIL = 'admin@countersign.local';

/** Sees to it that somebody can sign in and manage. As long as no active administrator has a way in, each call gives a new link (15 minutes), or sets the given password. Two starts at once take turns. */
export async function ensureFirstAdministrator(ctx: Context, input: { email?: string | undefined; password?: string | undefined }, hasher: PasswordHasher = argon2id): Promise<FirstAdministrator> {
  authorise(ctx, 'person.manage');
  const email = parseInput(emailSchema, input.email ?? DEFAULT_EMAIL);
  return write<FirstAdministrator>(ctx, async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext('countersign/first-administrator'))::text`;
    const waysIn = [{ passwordHash: { not: null } }, { identities: { some: {} } }, { passkeys: { some: { revokedAt: null } } }];
    const ready = await tx.person.count({ where: { state: 'active', roles: { has: 'admin' }, OR: waysIn } });
    if (ready > 0) return { view: { kind: 'present' }, unchanged: true };
    const { personId, events } = await findOrMake(tx, ctx, email);
    if (input.password !== undefined && input.email !== undefined) {
      const [issue] = passwordIssues(input.password, email);
      if (issue) throw invalid(`COUNTERSIGN_ADMIN_PASSWORD cannot be used. ${issue.message}`);
      await tx.person.update({ where: { id: personId }, data: { passwordHash: await hasher.hash(input.password) } });
      return { view: { kind: 'password_set', email }, events: inOrder(events, organisationEvent('person.password_set', { personId, by: 'environment' })) };
    }
    const { link, event } = await replaceSetupLink(tx, ctx, personId, FIRST_LINK_MS);
    return { view: { kind: 'link', email, link }, events: inOrder(events, event) };
  });
}

async function findOrMake(tx: Tx, ctx: Context, email: string): Promise<{ personId: string; events: NewEvent[] }> {
  const there = await tx.person.findUnique({ where: { email } });
  if (!there) {
    const personId = newId();
    await tx.person.create({ data: { id: personId, email, name: 'Administrator', roles: ['admin'], createdAt: ctx.now() } });
    await keepGrants(tx, ctx, { id: personId, roles: [], createdAt: ctx.now() }, { roles: ['admin'], teams: [] }, ctx.now());
    return { personId, events: [organisationEvent('person.created', { personId, email, roles: ['admin'] })] };
  }
  const from = knownRoles(there.roles);
  const events: NewEvent[] = [];
  if (there.state !== 'active') events.push(organisationEvent('person.activated', { personId: there.id }));
  if (events.length > 0) await tx.person.update({ where: { id: there.id }, data: { state: 'active' } });
  const roles = from.includes('admin') ? from : [...there.roles, 'admin'];
  // Whoever comes back or becomes an administrator this way has their rights anew.
  if (events.length > 0) await keepGrants(tx, ctx, there, { roles: there.roles, teams: await teamsOf(tx, there.id) }, ctx.now(), true);
  events.push(...(await setRights(tx, ctx, there.id, { roles }, ctx.now())));
  return { personId: there.id, events };
}

const inOrder = (earlier: NewEvent[], last: NewEvent) => [...earlier, last] as unknown as [NewEvent, ...NewEvent[]];
