import { describe, expect, it } from 'vitest';
import { prisma } from '@/lib/db';
import { changeSetting, readSetting, settings } from '.';
import { asPerson, codeOf, makePerson, recorded, useConsoleDatabase } from './testing';

useConsoleDatabase();

describe('a setting', () => {
  it('has its default until it is set, and says on the record what it was', async () => {
    const admin = asPerson(await makePerson(['admin']));
    expect(await readSetting('new_rights_wait_hours')).toBe(settings.new_rights_wait_hours.default);
    expect(await changeSetting(admin, 'new_rights_wait_hours', 48)).toBe(48);
    await changeSetting(admin, 'new_rights_wait_hours', 48);
    expect(await readSetting('new_rights_wait_hours')).toBe(48);
    expect((await recorded('setting.changed')).map((event) => event.data)).toEqual([{ key: 'new_rights_wait_hours', from: 24, to: 48 }]);
  });
  it('is changed by administrators alone, to what fits, and no other key exists', async () => {
    for (const role of ['viewer', 'analyst', 'responder', 'author', 'reviewer'] as const) expect(await codeOf(changeSetting(asPerson(await makePerson([role])), 'new_rights_wait_hours', 0))).toBe('forbidden');
    const admin = asPerson(await makePerson(['admin']));
    for (const bad of [-1, 169, 1.5, '24', null]) expect(await codeOf(changeSetting(admin, 'new_rights_wait_hours', bad))).toBe('invalid');
    expect(await codeOf(changeSetting(admin, 'root_password' as never, 1))).toBe('invalid');
    expect(await readSetting('new_rights_wait_hours')).toBe(48);
  });
  it('that was kept by another version and does not fit gives way to the default', async () => {
    await prisma().setting.update({ where: { key: 'new_rights_wait_hours' }, data: { value: 'for ever' } });
    expect(await readSetting('new_rights_wait_hours')).toBe(24);
  });
  it('that two change at once is recorded as two steps of one chain', async () => {
    const admin = asPerson(await makePerson(['admin']));
    await Promise.all([changeSetting(admin, 'new_rights_wait_hours', 1), changeSetting(admin, 'new_rights_wait_hours', 2)]);
    const [one, two] = (await recorded('setting.changed')).slice(-2);
    expect(one!.data.to).toBe(two!.data.from);
    expect(two!.data.to).toBe(await readSetting('new_rights_wait_hours'));
  });
});
