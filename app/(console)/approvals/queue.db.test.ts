import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countQueue, listApprovals, placeInQueue, queueChoices, queueFor, readQueue } from '@/lib/approvals';
import type { Role } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPendingApproval } from '@/lib/testing/fleet';
import { mayDecide } from './may-decide';
import { firstStretch, queueStretch } from './queue-rows';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
});
beforeEach(() => sql.rows('TRUNCATE approval_signature, approval, action, session, instance, agent, switch_order, person CASCADE'));
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
});

type Person = Parameters<typeof readQueue>[0];
const person = (roles: Role[], more: Partial<Person> = {}): Person => ({ kind: 'person', id: newId(), name: 'P', email: `${newId()}@example.org`, roles, via: 'console', ...more });
const route = (groups: object[], more: object = {}) => ({ routes: ['r'], groups, decideByMs: 1, useByMs: 1, stepUp: false, reasonRequired: false, ownerCounts: false, risk: 'high', ...more });
const tiers = [{ afterMs: 600_000, groups: [{ role: 'responder', quorum: 1 }] }, { afterMs: 1_200_000, groups: [{ team: 'security', quorum: 1 }, { role: 'viewer', quorum: 1 }] }];
const ROUTES = [route([{ role: 'analyst', quorum: 1 }]), route([{ team: 'payments', quorum: 2 }]), route([{ team: 'payments', quorum: 1 }], { escalation: tiers }), route([{ role: 'admin', quorum: 1 }, { team: 'security', quorum: 1 }]), route([{ role: 'analyst', quorum: 1 }], { ownerCounts: true }), route([{ onCall: 'lead', quorum: 1 }])];

/** So many that wait, over agents, routes, shapes and times that differ. */
async function waiting(count: number): Promise<string[]> {
  const { sessions } = await insertFleet(sql, { agents: 3, sessionsEach: 2 });
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await insertPendingApproval(sql, sessions[i % sessions.length]!, i % 3 === 0 ? 'refund' : 'send_email')).approvalId);
  await sql.rows(
    `UPDATE approval p SET route = ($2::jsonb)->((x.at - 1) % ${ROUTES.length})::int, shape = (x.at % 2)::text, title = 'Title #' || x.at || '#', risk = (ARRAY['low', 'high', 'critical'])[1 + x.at % 3], tier = (x.at % 7 / 5)::int,
     requested_at = date_trunc('milliseconds', clock_timestamp()) - make_interval(mins => (x.at * 5 % 31)::int),
     decide_by = date_trunc('milliseconds', clock_timestamp()) + interval '1 hour' + make_interval(secs => (x.at * 7 % 5)) FROM unnest($1::uuid[]) WITH ORDINALITY x(id, at) WHERE p.id = x.id`, [ids, JSON.stringify(ROUTES)]);
  return ids;
}

describe('what waits on a person', () => {
  it('is told by the database exactly as by the rules, one by one', async () => {
    const ids = await waiting(24);
    const [agent] = await sql.rows<{ id: string; sessions: string[] }>('SELECT a.id, array_agg(s.id) AS sessions FROM agent a JOIN session s ON s.agent_id = a.id GROUP BY a.id LIMIT 1');
    const owner = person(['analyst']);
    await sql.rows('INSERT INTO person (id, email, name, roles) VALUES ($1, $2, $3, $4)', [owner.id, owner.email, 'Owner', ['analyst']]);
    await sql.rows('UPDATE agent SET owner_id = $1 WHERE id = $2', [owner.id, agent!.id]);
    const principal = person(['admin']);
    await sql.rows(`UPDATE session SET principal_type = 'user', principal_id = upper($1) WHERE id = $2`, [principal.email, agent!.sessions[0]]);
    // A route that counts the owner does not count them for whoever the agent says it acts for, as long as nobody has verified it.
    await sql.rows(`UPDATE session SET principal_type = 'user', principal_id = 'somebody@example.org' WHERE id = $1`, [agent!.sessions[1]]);
    await sql.rows('UPDATE approval SET route = $2::jsonb WHERE session_id = $1', [agent!.sessions[1], JSON.stringify(ROUTES[4])]);
    await sql.rows(`UPDATE approval SET state = 'partially_approved' WHERE id = $1`, [ids[0]]);
    await sql.rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, at) VALUES ($1, $2, $3, 'approve', repeat('0', 64), '{}', now())`, [newId(), ids[0], owner.id]);
    // One who signed first of two, and is enough by themselves since a tier was reached; and one who is not.
    const [early, alone] = [person(['responder'], { teams: ['payments'] }), person(['analyst'], { teams: ['payments'] })];
    for (const [who, at] of [[early, 2], [alone, 8]] as const) {
      await sql.rows('INSERT INTO person (id, email, name, roles) VALUES ($1, $2, $3, $4)', [who.id, who.email, 'Signer', who.roles]);
      await sql.rows(`UPDATE approval SET state = 'partially_approved', tier = 1, route = $2 WHERE id = $1`, [ids[at], JSON.stringify(route([{ team: 'payments', quorum: 2 }], { escalation: tiers.slice(0, 1) }))]);
      await sql.rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, teams, at) VALUES ($1, $2, $3, 'approve', repeat('0', 64), $4, '{payments}', now())`, [newId(), ids[at], who.id, who.roles]);
    }
    expect(mayDecide(early, (await listApprovals({ state: 'waiting' })).find(({ id }) => id === ids[2])!)).toEqual({ approve: true });
    expect(mayDecide(alone, (await listApprovals({ state: 'waiting' })).find(({ id }) => id === ids[8])!)).toMatchObject({ approve: false, because: expect.stringContaining('You have signed') });
    const people = [
      owner, principal, early, alone, person(['viewer']), person(['analyst']), person(['responder'], { teams: ['payments'] }), person(['viewer'], { teams: ['security'] }), person(['admin'], { confined: 'no_factor' }),
      person(['analyst'], { teams: ['security'], recent: [{ kind: 'team', name: 'security', since: new Date(Date.now() + 1_000), until: new Date(Date.now() + 3_600_000) }] }),
      ...[true, false].map((bySelf) => person(['analyst'], { onCall: [{ name: 'lead', since: new Date(Date.now() - 1_710_000), bySelf }] })),
      person(['analyst'], { recent: [{ kind: 'role', name: 'analyst', since: new Date(Date.now() - 1_000_000), until: new Date(Date.now() + 3_600_000) }] }),
    ];
    const all = await listApprovals({ state: 'waiting' });
    const seen = new Set<string>();
    for (const one of people) {
      const byRule = new Map(all.map((approval) => [approval.id, mayDecide(one, approval).approve]));
      const rows = await readQueue(one);
      expect(Object.fromEntries(rows.map(({ id, yours }) => [id, yours]))).toEqual(Object.fromEntries(byRule));
      const yours = [...byRule.values()].filter(Boolean).length;
      expect(await countQueue(one, { whose: 'yours' })).toMatchObject({ yours, others: 24 - yours, matching: yours, fresh: 0, decided: 0 });
      expect((await readQueue(one, { filter: { whose: 'others' } })).map(({ id }) => id).sort()).toEqual([...byRule].filter(([, mine]) => !mine).map(([id]) => id).sort());
      seen.add(String(yours));
    }
    // People who see one and the same would prove nothing.
    expect(seen.size).toBeGreaterThan(3);
  });

  it('comes in stretches that join without a gap and without a row twice, in either order', async () => {
    const ids = await waiting(23);
    const me = person(['analyst']);
    for (const order of ['left', 'new'] as const) {
      const whole = await readQueue(me, { order });
      const joined: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await readQueue(me, { order, limit: 4, ...(after && { after }) });
        joined.push(...page.map(({ id }) => id));
        const last = page.at(-1);
        if (!last) break;
        after = `${last.yours ? 0 : 1}.${Date.parse(order === 'left' ? last.decideBy : last.requestedAt)}.${last.id}`;
      }
      expect(joined).toEqual(whole.map(({ id }) => id));
      expect([...joined].sort()).toEqual([...ids].sort());
      const yours = whole.map((row) => row.yours);
      expect(yours).toEqual([...yours].sort((a, b) => Number(b) - Number(a)));
      const times = whole.filter((row) => row.yours).map((row) => Date.parse(order === 'left' ? row.decideBy : row.requestedAt));
      expect(times).toEqual([...times].sort((a, b) => (order === 'left' ? a - b : b - a)));
    }
  });

  it('is counted for a page as for the list that reads itself', async () => {
    await waiting(24);
    const viewer = person(['analyst']);
    const [page, list] = [await firstStretch(viewer), await queueStretch(viewer, { ask: { show: 'yours', sort: 'left', grouped: false, search: '' } })];
    expect(page.counts).toEqual(list.counts);
    expect(page.counts!.matching).toBe(24);
    expect(page.rows.map(({ id }) => id)).toEqual(list.rows.map(({ id }) => id));
  });

  it('is filtered, searched and grouped, and the groups add up', async () => {
    await waiting(24);
    const me = person(['analyst']);
    const groups = await queueFor(me).groups();
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(24);
    for (const group of groups) {
      const rows = await readQueue(me, { filter: { group: group.key } });
      expect(rows).toHaveLength(group.count);
      expect(rows.filter((row) => row.yours)).toHaveLength(group.yours);
      expect(new Set(rows.map((row) => `${row.agentId} ${row.tool} ${row.shape}`)).size).toBe(1);
    }
    const { agents, tools } = await queueChoices();
    expect([agents.length, tools]).toEqual([3, ['refund', 'send_email']]);
    const some = await readQueue(me, { filter: { agentId: agents[0]!.id, tool: 'refund', risk: 'high' } });
    expect(some.every((row) => row.agentId === agents[0]!.id && row.tool === 'refund' && row.risk === 'high')).toBe(true);
    expect((await readQueue(me, { filter: { search: 'TITLE #17# send' } })).map((row) => row.title)).toEqual(['Title #17#']);
    // A pattern's signs are signs, and hostile words find nothing and break nothing.
    expect(await readQueue(me, { filter: { search: "%' OR 1=1 --" } })).toEqual([]);
    expect(await countQueue(me, { search: 'title #17#' })).toMatchObject({ matching: 1 });
    expect(await countQueue(me, {}, new Date(0))).toMatchObject({ matching: 24, fresh: 24 });
  });

  it('marks what came from outside by the arguments that stand, also where it is asked about once more', async () => {
    const [first, second] = await waiting(2);
    const author = newId();
    await sql.rows('INSERT INTO person (id, email, name, roles) VALUES ($1, $2, $3, $4)', [author, 'author@example.org', 'Author', ['analyst']]);
    const change = (id: string, revision: number, minutesAgo: number, findings: object[]) => sql.rows(
      `INSERT INTO approval_change (id, approval_id, revision, kind, person_id, steps, from_digest, to_digest, from_payload_id, to_payload_id, findings, provenance, at) VALUES (gen_random_uuid(), $1, $2, 'narrowing', $3, '[]', '0', '1', gen_random_uuid(), gen_random_uuid(), $4, '{}', now() - make_interval(mins => $5))`, [id, revision, author, JSON.stringify(findings), minutesAgo]);
    await sql.rows('UPDATE approval SET asks_again = $2 WHERE id = $1', [second, first]);
    // Each counts its own revisions: the first one's third is older than the second one's second.
    await change(first!, 2, 30, []);
    await change(first!, 3, 20, [{ kind: 'untrusted_argument' }]);
    expect((await readQueue(person(['analyst']))).find(({ id }) => id === second)).toMatchObject({ tainted: true });
    await change(second!, 2, 10, []);
    expect((await readQueue(person(['analyst']))).find(({ id }) => id === second)).toMatchObject({ tainted: false });
  });

  it('says where one stands, and nothing of what does not wait', async () => {
    const ids = await waiting(5);
    const order = (await sql.rows<{ id: string }>('SELECT id FROM approval ORDER BY decide_by, id')).map(({ id }) => id);
    expect(await placeInQueue(order[2]!)).toEqual({ place: 3, of: 5 });
    await sql.rows(`UPDATE approval SET state = 'denied' WHERE id = $1`, [ids[0]]);
    expect(await placeInQueue(ids[0]!)).toBeUndefined();
  });
});
