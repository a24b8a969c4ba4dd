import { describe, expect, it } from 'vitest';
import { planContainment, type Probe } from './containment';

/** A machine that has these programs and nothing else. */
const machine = (...programs: string[]): Probe => async (argv) => {
  const used = argv.filter((word) => ['setpriv', 'bwrap', 'unshare', 'prlimit'].includes(word));
  return used.every((word) => programs.includes(word));
};
/** One on which everything is there, and no namespace of this kind is given. */
const without = (flag: string): Probe => async (argv) => !argv.includes('bwrap') && !argv.includes(flag);

describe('how a command is held', () => {
  it('is the strongest that the machine gives', async () => {
    expect(await planContainment({}, machine('setpriv', 'bwrap', 'unshare'))).toMatchObject({ containment: 'pidns', by: 'bubblewrap', unenforced: [] });
    expect(await planContainment({}, machine('setpriv', 'unshare'))).toMatchObject({ containment: 'pidns', by: 'unshare', unenforced: [] });
    expect(await planContainment({}, machine())).toMatchObject({ containment: 'process_group', by: 'nothing', unenforced: [expect.stringContaining('never confirmed')] });
  });

  it('is a PID and a user namespace of its own, bound to the life of its supervisor', async () => {
    const { wrap } = await planContainment({}, machine('setpriv', 'unshare'));
    expect(wrap(['node', 'agent.js']).join(' ')).toBe('setpriv --pdeathsig KILL -- unshare --user --map-current-user --pid --fork --kill-child --mount-proc -- node agent.js');
    expect((await planContainment({}, machine('unshare'))).unenforced).toEqual([expect.stringContaining('outlives a supervisor that is killed')]);
  });

  it('is confined as asked where bubblewrap is there, and hides the key', async () => {
    const { wrap, unenforced } = await planContainment({ noNetwork: true, readOnlyRoot: true, writable: ['/srv/work'], limits: { nofile: 64 }, hidden: ['/etc/key'] }, machine('setpriv', 'bwrap', 'prlimit'));
    const line = wrap(['agent']).join(' ');
    expect(unenforced).toEqual([]);
    for (const part of ['--unshare-pid', '--unshare-user', '--unshare-net', '--die-with-parent', '--ro-bind / /', '--bind /srv/work /srv/work', '--ro-bind /dev/null /etc/key', '-- prlimit --nofile=64 -- agent']) expect(line).toContain(part);
  });

  it('lets go of root before it makes any namespace, and hides what the other user could read and nothing else', async () => {
    const wish = { as: { uid: 4711, gid: 4712 }, hidden: ['/etc/key', '/srv/key'] };
    const dropped = 'setpriv --pdeathsig KILL --reuid 4711 --regid 4712 --clear-groups --inh-caps=-all --no-new-privs --';
    const reads: Probe = async (argv) => !(argv.includes('test') && argv.includes('/etc/key'));
    const held = await planContainment(wish, reads);
    expect(held).toMatchObject({ by: 'bubblewrap', unenforced: [] });
    expect(held.wrap(['agent']).join(' ')).toMatch(new RegExp(`^${dropped} bwrap .*--ro-bind /dev/null /srv/key -- agent$`));
    expect(held.wrap(['agent'])).not.toContain('/etc/key');
    const plain = await planContainment(wish, machine('setpriv', 'unshare'));
    expect(plain.wrap(['agent']).join(' ')).toBe(`${dropped} unshare --user --map-current-user --pid --fork --kill-child --mount-proc -- agent`);
    // Where only root is given namespaces, it makes them and lets go inside.
    const rootOnly = await planContainment(wish, async (argv) => !argv.includes('bwrap') && !argv.includes('--user'));
    expect(rootOnly.wrap(['agent']).join(' ')).toBe(`setpriv --pdeathsig KILL -- unshare --pid --fork --kill-child --mount-proc -- ${dropped} agent`);
    const nobody = await planContainment(wish, async (argv) => !argv.includes('bwrap') && !argv.includes('--reuid'));
    expect(nobody).toMatchObject({ containment: 'pidns', unenforced: [expect.stringContaining('runs as the same user'), expect.stringContaining('/etc/key, /srv/key')] });
    expect(nobody.wrap(['agent'])).not.toContain('--reuid');
  });

  it('says what it cannot enforce, each by name', async () => {
    const wish = { noNetwork: true, readOnlyRoot: true, limits: { nofile: 64 }, hidden: ['/etc/key'] };
    const { unenforced } = await planContainment(wish, machine('setpriv', 'unshare'));
    expect(unenforced).toEqual([expect.stringContaining('limits'), expect.stringContaining('write'), expect.stringContaining('/etc/key')]);
    expect((await planContainment({ noNetwork: true }, without('--net'))).unenforced).toEqual([expect.stringContaining('use the network')]);
    expect((await planContainment({ noNetwork: true }, without('--pid'))).unenforced).toEqual([expect.stringContaining('use the network'), expect.stringContaining('process group')]);
    await expect(planContainment({ limits: { luck: 1 } }, machine())).rejects.toThrow('no limit "luck"');
  });
});
