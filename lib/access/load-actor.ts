import type { RecentRight } from '@/lib/context';
import { prisma, type Tx } from '@/lib/db';
import { knownRoles, type PersonActor } from './internal';
import { knownVerbs } from './permissions';
import { waitMsOf } from './rights';
import { settingOf } from './settings';

type Row = {
  id: string; name: string; email: string; roles: string[]; teams: string[]; wait: unknown;
  own: { name: string; verbs: string[] }[]; grants: { kind: 'role' | 'team'; name: string; since: string }[];
};

/** A person as they may act at `now`, with everything that the permissions ask about; undefined for nobody or somebody deactivated. One read. */
export async function loadActor(personId: string, via: PersonActor['via'], now: Date, db: Pick<Tx, '$queryRaw'> = prisma()): Promise<PersonActor | undefined> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT p.id, p.name, p.email, p.roles,
      ARRAY(SELECT t.name FROM team_member m JOIN team t ON t.id = m.team_id WHERE m.person_id = p.id AND t.archived_at IS NULL ORDER BY t.name) AS teams,
      (SELECT s.value FROM setting s WHERE s.key = 'new_rights_wait_hours') AS wait,
      COALESCE((SELECT json_agg(json_build_object('name', c.name, 'verbs', c.verbs) ORDER BY c.name) FROM custom_role c WHERE c.name = ANY(p.roles) AND c.archived_at IS NULL), '[]') AS own,
      COALESCE((SELECT json_agg(json_build_object('kind', g.kind, 'name', g.name, 'since', g.granted_at) ORDER BY g.kind, g.name) FROM right_grant g WHERE g.person_id = p.id), '[]') AS grants
    FROM person p WHERE p.id = ${personId}::uuid AND p.state = 'active'`;
  if (!row) return undefined;
  const recent = stillWaiting(row.grants.map((one) => ({ ...one, since: new Date(one.since) })), waitMsOf(settingOf('new_rights_wait_hours', row.wait)), now);
  return {
    kind: 'person', id: row.id, name: row.name, email: row.email, roles: knownRoles(row.roles), via,
    ...(row.teams.length > 0 && { teams: row.teams }),
    ...(row.own.length > 0 && { customRoles: row.own.map((role) => ({ name: role.name, verbs: knownVerbs(role.verbs) })) }),
    ...(recent.length > 0 && { recent }),
  };
}

/** Those of the grants for which the wait is not over at `now`, each with its end. */
export const stillWaiting = (grants: readonly RecentRight[], waitMs: number, now: Date): RecentRight[] =>
  grants.map(({ kind, name, since }) => ({ kind, name, since, until: new Date(since.getTime() + waitMs) })).filter((one) => now < one.until);
