import { may, rightsFor, settingOf, waitMsOf } from '@/lib/access';
import { roles, type Actor } from '@/lib/context';
import { databaseTime, type Sql } from '@/lib/db';
import type { RowActor } from './schema';

type Row = { id: string; roles: string[]; customRoles: { name: string; verbs: string[] }[]; recent: { name: string; since: string }[] };
type Person = Extract<Actor, { kind: 'person' }>;

/** How many active persons may release what was stopped at `since`. */
export const countReleasers = async (tx: Sql, since: Date): Promise<number> => (await releasers(tx, since, null)).size;

/** Whether each of these is, at this moment, an active person who may release what was stopped at `since`. */
export async function areReleasers(tx: Sql, since: Date, actors: readonly RowActor[]): Promise<boolean> {
  if (actors.some((actor) => actor.kind !== 'person')) return false;
  const ids = [...new Set(actors.map((actor) => actor.id))];
  return ids.length === actors.length && (await releasers(tx, since, ids)).size === ids.length;
}

/** Whether a person who is here may release what was stopped at `since`: with the rights that count for it already. */
export const mayReleaseSince = (person: Person, since: Date, now: Date): boolean => may({ ...person, ...rightsFor(person, since, now) }, 'switch.release');

/** Read from the rows alone, by the one table of permissions: nobody makes a second person for a stop that stands already. */
async function releasers(tx: Sql, since: Date, ids: readonly string[] | null): Promise<Set<string>> {
  const now = await databaseTime(tx);
  const [setting] = await tx.rows<{ value: unknown }>(`SELECT value FROM setting WHERE key = 'new_rights_wait_hours'`);
  const waitMs = waitMsOf(settingOf('new_rights_wait_hours', setting?.value));
  const rows = await tx.rows<Row>(
    `SELECT p.id, p.roles,
       coalesce((SELECT json_agg(json_build_object('name', c.name, 'verbs', c.verbs)) FROM custom_role c WHERE c.name = ANY(p.roles) AND c.archived_at IS NULL), '[]') AS "customRoles",
       coalesce((SELECT json_agg(json_build_object('name', g.name, 'since', g.granted_at)) FROM right_grant g WHERE g.person_id = p.id AND g.kind = 'role' AND g.granted_at >= $1), '[]') AS recent
     FROM person p WHERE p.state = 'active' AND p.roles <> '{}' AND ($2::text[] IS NULL OR p.id::text = ANY($2))`, [since, ids],
  );
  return new Set(rows.filter((row) => {
    const recent = row.recent.map((one) => ({ kind: 'role' as const, name: one.name, since: new Date(one.since), until: new Date(Date.parse(one.since) + waitMs) }));
    return mayReleaseSince({ kind: 'person', id: row.id, name: '', email: '', via: 'console', roles: roles.filter((role) => row.roles.includes(role)), customRoles: row.customRoles, recent }, since, now);
  }).map((row) => row.id));
}
