import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { archiveTeam, changeTeam, changeTeamMembers, changeTeams, createTeam, listTeams, loadActor } from '.';
import { asPerson, clock, codeOf, makePerson, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const time = clock();
const admin = async () => asPerson(await makePerson(['admin']), { now: time.now });
const actorOf = async (id: string) => (await loadActor(id, 'console', time.now()))!;

describe('a team', () => {
  it('is made, filled, renamed and archived, each on the record, and its members act in its name', async () => {
    const ctx = await admin();
    const [ada, ben] = [await makePerson(['analyst']), await makePerson(['analyst'])];
    const { id } = await createTeam(ctx, { name: 'payments', description: 'Money out' });
    await changeTeamMembers(ctx, { teamId: id, members: [ada.id, ben.id, ada.id] });
    expect((await actorOf(ada.id)).teams).toEqual(['payments']);
    expect((await listTeams(ctx)).find((team) => team.id === id)!.members.map((member) => member.id).sort()).toEqual([ada.id, ben.id].sort());
    await changeTeamMembers(ctx, { teamId: id, members: [ada.id] });
    expect((await actorOf(ben.id)).teams).toBeUndefined();

    time.forward(48 * 3_600_000);
    expect((await actorOf(ada.id)).recent).toBeUndefined();
    await changeTeam(ctx, { teamId: id, name: 'treasury', description: 'Money out' });
    // Routes ask for the name: under a new one a team is no way into what already waits for it.
    expect(await actorOf(ada.id)).toMatchObject({ teams: ['treasury'], recent: [{ kind: 'team', name: 'treasury', since: time.now() }] });
    await archiveTeam(ctx, id);
    expect((await actorOf(ada.id)).teams).toBeUndefined();
    expect(await codeOf(archiveTeam(ctx, id))).toBe('conflict');
    expect(await codeOf(changeTeamMembers(ctx, { teamId: id, members: [ben.id] }))).toBe('conflict');
    expect(await codeOf(createTeam(ctx, { name: 'treasury' }))).toBe('conflict');
    expect((await recorded('team.changed')).map((event) => event.data)).toEqual([{ teamId: id, name: 'treasury', from: 'payments' }]);
    expect((await recorded('team.archived')).map((event) => event.data)).toEqual([{ teamId: id, name: 'treasury' }]);
    expect((await recorded('person.teams_changed')).filter((event) => event.data.personId === ben.id).map((event) => event.data)).toEqual([{ personId: ben.id, from: [], to: ['payments'] }, { personId: ben.id, from: ['payments'], to: [] }]);
  });

  it('is managed by administrators alone', async () => {
    const { id } = await createTeam(await admin(), { name: 'security' });
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) {
      const person = await makePerson([role]);
      const ctx = asPerson(person);
      for (const attempt of [() => createTeam(ctx, { name: `of ${role}` }), () => changeTeam(ctx, { teamId: id, name: 'mine' }), () => changeTeamMembers(ctx, { teamId: id, members: [person.id] }), () => changeTeams(ctx, { personId: person.id, teams: ['security'] }), () => archiveTeam(ctx, id)]) expect(await codeOf(attempt())).toBe('forbidden');
      expect((await listTeams(ctx)).map((team) => team.name)).toContain('security');
    }
  });

  it('takes a name once, also when two ask at once, and no name that would mislead', async () => {
    const ctx = await admin();
    expect((await Promise.all([codeOf(createTeam(ctx, { name: 'twice' })), codeOf(createTeam(ctx, { name: 'twice' }))])).sort()).toEqual(['conflict', 'fine']);
    for (const name of ['', 'x', ' ', 'pay\u200bments', 'раyments', 'a\nb', 'a'.repeat(41)]) expect(await codeOf(createTeam(ctx, { name })), name).toBe('invalid');
  });

  it('of somebody whose groups come from a provider is not changed by hand', async () => {
    const ctx = await admin();
    const person = await makePerson(['analyst']);
    await prisma().person.update({ where: { id: person.id }, data: { managedBy: 'https://id.example.org' } });
    const { id } = await createTeam(ctx, { name: 'managed' });
    expect(await codeOf(changeTeamMembers(ctx, { teamId: id, members: [person.id] }))).toBe('conflict');
    expect(await codeOf(changeTeams(ctx, { personId: person.id, teams: ['managed'] }))).toBe('conflict');
    expect((await actorOf(person.id)).teams).toBeUndefined();
  });
});
