import type { RecentRight } from '@/lib/context';
import { prisma, type Tx } from '@/lib/db';
import { knownRoles, type PersonActor } from './internal';
import { knownVerbs } from './permissions';
import { waitMsOf } from './rights';
import { settingOf } from './settings';

type Row = {
  id: string; name: string; email: string; roles: string[]; teams: string[]; wait: unknown;
  own: { name: string; verbs: string[] }[]; grants: { kind: 'role' | 'team'; name: string; since: string }[]; calls: { name: string; since: string; bySelf: boolean }[];
};

/** A person as they may act at `now`, with everything that the permissions ask about; undefined for nobody or somebody deactivated. One read. */
export async function loadActor(personId: string, via: PersonActor['via'], now: Date, db: Pick<Tx, '$queryRaw'> = prisma()): Promise<PersonActor | undefined> {
  return (await readActors(via, now, db, personId))[0];
}

/** Everybody who may act, as they may at `now`. One read. */
export const loadActors = (now: Date, db: Pick<Tx, '$queryRaw'> = prisma()): Promise<PersonActor[]> => readActors('console', now, db, null);

async function readActors(via: PersonActor['via'], now: Date, db: Pick<Tx, '$queryRaw'>, personId: string | null): Promise<PersonActor[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT p.id, p.name, p.email, p.roles,
      ARRAY(SELECT t.name FROM team_member m JOIN team t ON t.id = m.team_id WHERE m.person_id = p.id AND t.archived_at IS NULL ORDER BY t.name) AS teams,
      (SELECT s.value FROM setting s WHERE s.key = 'new_rights_wait_hours') AS wait,
      COALESCE((SELECT json_agg(json_build_object('name', c.name, 'verbs', c.verbs) ORDER BY c.name) FROM custom_role c WHERE c.name = ANY(p.roles) AND c.archived_at IS NULL), '[]') AS own,
      COALESCE((SELECT json_agg(json_build_object('kind', g.kind, 'name', g.name, 'since', g.granted_at) ORDER BY g.kind, g.name) FROM right_grant g WHERE g.person_id = p.id), '[]') AS grants,
      COALESCE((SELECT json_agg(json_build_object('name', r.name, 'since', s.from_at, 'bySelf', s.given_by->>'id' = p.id::text) ORDER BY r.name, s.from_at)
        FROM on_call_shift s JOIN on_call_rota r ON r.id = s.rota_id
        WHERE s.person_id = p.id AND r.archived_at IS NULL AND s.from_at <= ${now} AND s.ended_at IS NULL AND (s.until_at IS NULL OR s.until_at > ${now})), '[]') AS calls
    FROM person p WHERE (${personId}::uuid IS NULL OR p.id = ${personId}::uuid) AND p.state = 'active' ORDER BY p.id`;
  return rows.map((row) => {
    const recent = stillWaiting(row.grants.map((one) => ({ ...one, since: new Date(one.since) })), waitMsOf(settingOf('new_rights_wait_hours', row.wait)), now);
    return {
      kind: 'person', id: row.id, name: row.name, email: row.email, roles: knownRoles(row.roles), via,
      ...(row.teams.length > 0 && { teams: row.teams }),
      ...(row.own.length > 0 && { customRoles: row.own.map((role) => ({ name: role.name, verbs: knownVerbs(role.verbs) })) }),
      ...(row.calls.length > 0 && { onCall: row.calls.map((one) => ({ ...one, since: new Date(one.since) })) }),
      ...(recent.length > 0 && { recent }),
    };
  });
}

/** Those of the grants for which the wait is not over at `now`, each with its end. */
export const stillWaiting = (grants: readonly RecentRight[], waitMs: number, now: Date): RecentRight[] =>
  grants.map(({ kind, name, since }) => ({ kind, name, since, until: new Date(since.getTime() + waitMs) })).filter((one) => now < one.until);
