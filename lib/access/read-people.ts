import type { Tx } from '@/lib/db';
import { prisma } from '@/lib/db';
import { notFound } from '@/lib/errors';
import { personView } from './internal';
import { builtInRole, orderedRoles } from './role-names';
import type { InvitationState, PersonInFull } from './schema';

/** Everything of people that a list of them shows; all of them, or one. */
export async function readPeople(now: Date, where: { id?: string } = {}, db: Pick<Tx, 'person'> = prisma()): Promise<PersonInFull[]> {
  const rows = await db.person.findMany({
    where, orderBy: [{ state: 'asc' }, { name: 'asc' }, { id: 'asc' }],
    include: {
      signIns: { orderBy: { lastSeenAt: 'desc' }, take: 1, select: { lastSeenAt: true } },
      teams: { where: { team: { archivedAt: null } }, select: { team: { select: { name: true } } } },
      identities: { orderBy: { createdAt: 'asc' } },
      passkeys: { where: { revokedAt: null }, select: { id: true } },
      setupLinks: { orderBy: { expiresAt: 'desc' }, take: 1, select: { expiresAt: true, usedAt: true } },
    },
  });
  return rows.map((row) => ({
    ...personView(row, row.signIns[0]?.lastSeenAt ?? null),
    ownRoles: orderedRoles(row.roles).filter((name) => !builtInRole(name)),
    teams: row.teams.map(({ team }) => team.name).sort(),
    identities: row.identities.map((one) => ({ id: one.id, issuer: one.issuer, email: one.email, createdAt: one.createdAt.toISOString(), lastUsedAt: one.lastUsedAt?.toISOString() ?? null })),
    passkeys: row.passkeys.length,
    managedBy: row.managedBy,
    invitation: row.state === 'active' && row.passwordHash === null && row.identities.length === 0 && row.passkeys.length === 0 ? invitationOf(row.setupLinks[0], now) : { kind: 'none' },
  }));
}

export async function readPerson(tx: Pick<Tx, 'person'>, id: string, now: Date): Promise<PersonInFull> {
  const [person] = await readPeople(now, { id }, tx);
  if (!person) throw notFound('There is no such person.');
  return person;
}

const invitationOf = (link: { expiresAt: Date; usedAt: Date | null } | undefined, now: Date): InvitationState =>
  link && link.usedAt === null && link.expiresAt > now ? { kind: 'open', expiresAt: link.expiresAt.toISOString() } : { kind: 'over' };
