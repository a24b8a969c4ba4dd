import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Containment } from '@/lib/protocol';

/** What the process is to be kept from, where the machine can do it. */
export type Confinement = {
  /** No network at all: for work that reaches its tools over its own pipes. */
  noNetwork?: boolean;
  /** Nothing may be written but `writable` and a /tmp of its own. */
  readOnlyRoot?: boolean;
  writable?: readonly string[];
  /** Limits as prlimit(1) names them, e.g. {nofile: 1024, nproc: 64, as: 2_000_000_000}. */
  limits?: Readonly<Record<string, number>>;
  /** Files that it must not read, e.g. the supervisor's key. */
  hidden?: readonly string[];
  /** Another user to run it as, by numbers: for a supervisor that root runs. */
  as?: { uid: number; gid: number };
};

export type ContainmentPlan = {
  containment: Containment;
  by: 'bubblewrap' | 'unshare' | 'nothing';
  /** The command line that runs a command inside. */
  wrap(command: readonly string[]): string[];
  /** What was asked for and cannot be done here, as sentences. */
  unenforced: string[];
};

/** Whether a command line runs and ends well on this machine. */
export type Probe = (argv: readonly string[]) => Promise<boolean>;

const LIMITS = ['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'rss', 'stack'];

/** Finds the strongest containment that this machine really gives: each candidate is tried with a command that does nothing. */
export async function planContainment(wish: Confinement = {}, probe: Probe = runs): Promise<ContainmentPlan> {
  for (const name of Object.keys(wish.limits ?? {})) if (!LIMITS.includes(name)) throw new TypeError(`There is no limit "${name}": it is one of ${LIMITS.join(', ')}.`);
  const unenforced: string[] = [];
  const wantsLimits = Object.keys(wish.limits ?? {}).length > 0;
  const limits = wantsLimits ? ['prlimit', ...Object.entries(wish.limits!).map(([name, value]) => `--${name}=${value}`), '--'] : [];
  const limited = wantsLimits && (await probe([...limits, 'true']));
  if (wantsLimits && !limited) unenforced.push('Its limits are not set: prlimit (util-linux) is not there, or the limits are beyond what this user may set.');
  const inner = limited ? limits : [];
  const other = wish.as && (await canRunAs(wish.as, probe)) ? identity(wish.as) : [];
  if (wish.as && other.length === 0) unenforced.push('It runs as the same user as this supervisor: another one takes root that may change users and signal them, and setpriv (util-linux).');
  // Bound to this process: whoever kills the supervisor kills what it holds. The kernel forgets that when the user changes, and setpriv says it after.
  const bound = ['setpriv', '--pdeathsig', 'KILL', ...other, '--'];
  const binds = await probe([...bound, 'true']);
  const outer = binds ? bound : [];
  // What another user cannot read needs no hiding, and bubblewrap could not even reach it.
  const hidden: string[] = [];
  for (const file of wish.hidden ?? []) if (other.length === 0 || (await probe([...outer, 'test', '-r', file]))) hidden.push(file);

  const bubblewrap = [...outer, ...bubblewrapArguments({ ...wish, hidden }), '--'];
  if (await probe([...bubblewrap, 'true'])) return { containment: 'pidns', by: 'bubblewrap', unenforced, wrap: (command) => [...bubblewrap, ...inner, ...command] };

  if (wish.readOnlyRoot) unenforced.push('It can write wherever its user can: bubblewrap, which would keep it from that, is not there.');
  if (hidden.length > 0) unenforced.push(`It can read ${hidden.join(', ')} if its user can: bubblewrap, which would hide that, is not there. Give the key by a file descriptor instead.`);
  for (const net of wish.noNetwork ? [['--net'], []] : [[]]) {
    const spaces = ['--pid', '--fork', '--kill-child', '--mount-proc', ...net, '--'];
    // Root itself needs no user namespace, where other users are given none: it makes the others and then lets go of what it is.
    const ways = [{ unshare: [...outer, 'unshare', '--user', '--map-current-user', ...spaces], last: [] as string[] }, ...(other.length > 0 ? [{ unshare: ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', ...spaces], last: bound }] : [])];
    for (const { unshare, last } of ways) {
      if (!(await probe([...unshare, ...last, 'true']))) continue;
      if (wish.noNetwork && net.length === 0) unenforced.push('It can use the network: this machine gives it no network namespace.');
      if (!binds) unenforced.push('It outlives a supervisor that is killed: setpriv (util-linux), which would bind the two, is not there.');
      return { containment: 'pidns', by: 'unshare', unenforced, wrap: (command) => [...unshare, ...inner, ...last, ...command] };
    }
  }
  if (wish.noNetwork) unenforced.push('It can use the network: this machine gives it no namespace.');
  unenforced.push('It is held by its process group alone, which it can leave: neither bubblewrap nor unshare gives it a PID namespace here. Its stop is never confirmed by this supervisor.');
  return { containment: 'process_group', by: 'nothing', unenforced, wrap: (command) => [...outer, ...inner, ...command] };
}

/** Everything of one user and nothing of the one before: no groups, no capabilities, and no program that gives more. */
const identity = ({ uid, gid }: { uid: number; gid: number }) => ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--inh-caps=-all', '--no-new-privs'];

/** Tried out: a process of that user, once it is there, takes the signal that would end it. */
const canRunAs = (as: { uid: number; gid: number }, probe: Probe) => probe(['sh', '-c', '"$@" | { read -r pid && kill -KILL "$pid"; }', 'sh', 'setpriv', ...identity(as), '--', 'sh', '-c', 'echo $$; exec sleep 5']);

function bubblewrapArguments({ noNetwork, readOnlyRoot, writable = [], hidden = [] }: Confinement): string[] {
  return [
    'bwrap', '--unshare-user', '--unshare-pid', '--die-with-parent', ...(noNetwork ? ['--unshare-net'] : []),
    ...(readOnlyRoot ? ['--ro-bind', '/', '/', '--dev', '/dev', '--tmpfs', '/tmp', ...writable.flatMap((path) => ['--bind', path, path])] : ['--bind', '/', '/', '--dev-bind', '/dev', '/dev']),
    '--proc', '/proc', ...hidden.flatMap((path) => ['--ro-bind', '/dev/null', path]),
  ];
}

const execute = promisify(execFile);

async function runs([command = '', ...rest]: readonly string[]): Promise<boolean> {
  try {
    await execute(command, rest, { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}
