import { describe, expect, it } from 'vitest';
import type { Context } from '@/lib/context';
import { prisma } from '@/lib/db';
import { write } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { setRights, type NextRights } from '.';
import { asPerson, clock, codeOf, makePerson, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

const time = clock();
const set = (ctx: Context, personId: string, next: NextRights) => write(ctx, async (tx) => {
  const events = await setRights(tx, ctx, personId, next, time.now());
  return events.length > 0 ? { view: events.length, events: events as never } : { view: 0, unchanged: true };
});
const grants = async (personId: string) => Object.fromEntries((await prisma().rightGrant.findMany({ where: { personId }, orderBy: [{ kind: 'asc' }, { name: 'asc' }] })).map((row) => [`${row.kind}:${row.name}`, row.grantedAt.toISOString()]));

describe('giving rights', () => {
  it('keeps the age of what a person had, on every rung, and dates what is new', async () => {
    const admin = asPerson(await makePerson(['admin']), { now: time.now });
    const person = await makePerson(['viewer']);
    await set(admin, person.id, { roles: ['analyst'] });
    const first = time.now().toISOString();
    expect(await grants(person.id)).toMatchObject({ 'role:analyst': first, 'role:viewer': person.createdAt.toISOString() });

    time.forward(3_600_000);
    const raised = time.now().toISOString();
    await set(admin, person.id, { roles: ['responder'] });
    expect(await grants(person.id)).toMatchObject({ 'role:responder': raised, 'role:analyst': first });
    expect((await prisma().rightGrant.findMany({ where: { personId: person.id, name: 'responder' } }))[0]!.grantedBy).toMatchObject({ kind: 'person', id: admin.actor.kind === 'person' && admin.actor.id });

    time.forward(3_600_000);
    await set(admin, person.id, { roles: ['analyst'] });
    await set(admin, person.id, { roles: ['responder'] });
    // Gone and given again is new: it is not worth the old age.
    expect(await grants(person.id)).toMatchObject({ 'role:responder': time.now().toISOString(), 'role:analyst': first });
  });

  it('dates a team when it is joined, and forgets it when it is left', async () => {
    const admin = asPerson(await makePerson(['admin']), { now: time.now });
    const person = await makePerson(['viewer']);
    await prisma().team.createMany({ data: [{ id: newId(), name: 'payments' }, { id: newId(), name: 'closed', archivedAt: time.now() }] });
    expect(await set(admin, person.id, { teams: ['payments', 'payments'] })).toBe(1);
    expect(await set(admin, person.id, { teams: ['payments'] })).toBe(0);
    expect(await grants(person.id)).toMatchObject({ 'team:payments': time.now().toISOString() });
    expect((await recorded('person.teams_changed')).at(-1)!.data).toEqual({ personId: person.id, from: [], to: ['payments'] });
    await set(admin, person.id, { teams: [] });
    expect(await grants(person.id)).not.toHaveProperty('team:payments');
    expect(await codeOf(set(admin, person.id, { teams: ['closed'] }))).toBe('invalid');
    expect(await codeOf(set(admin, person.id, { roles: ['emperor'] }))).toBe('invalid');
  });

  it('never takes the last administrator, nor lets two take each other', async () => {
    await prisma().person.updateMany({ data: { state: 'deactivated' } });
    const one = await makePerson(['admin']);
    const two = await makePerson(['admin']);
    const outcomes = await Promise.all([codeOf(set(asPerson(one), two.id, { roles: ['viewer'] })), codeOf(set(asPerson(two), one.id, { roles: ['viewer'] }))]);
    expect(outcomes.sort()).toEqual(['conflict', 'fine']);
    expect(await prisma().person.count({ where: { state: 'active', roles: { has: 'admin' } } })).toBe(1);
  });
});
