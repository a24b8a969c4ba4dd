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
  // Bound to this process: whoever kills the supervisor kills what it holds.
  const bound = ['setpriv', '--pdeathsig', 'KILL', '--'];
  const binds = await probe([...bound, 'true']);
  const outer = binds ? bound : [];

  const bubblewrap = [...outer, ...bubblewrapArguments(wish), '--'];
  if (await probe([...bubblewrap, 'true'])) return { containment: 'pidns', by: 'bubblewrap', unenforced, wrap: (command) => [...bubblewrap, ...inner, ...command] };

  if (wish.readOnlyRoot) unenforced.push('It can write wherever its user can: bubblewrap, which would keep it from that, is not there.');
  if (wish.hidden && wish.hidden.length > 0) unenforced.push(`It can read ${wish.hidden.join(', ')} if its user can: bubblewrap, which would hide that, is not there. Give the key by a file descriptor instead.`);
  for (const net of wish.noNetwork ? [['--net'], []] : [[]]) {
    const unshare = [...outer, 'unshare', '--user', '--map-current-user', '--pid', '--fork', '--kill-child', '--mount-proc', ...net, '--'];
    if (!(await probe([...unshare, 'true']))) continue;
    if (wish.noNetwork && net.length === 0) unenforced.push('It can use the network: this machine gives it no network namespace.');
    if (!binds) unenforced.push('It outlives a supervisor that is killed: setpriv (util-linux), which would bind the two, is not there.');
    return { containment: 'pidns', by: 'unshare', unenforced, wrap: (command) => [...unshare, ...inner, ...command] };
  }
  if (wish.noNetwork) unenforced.push('It can use the network: this machine gives it no namespace.');
  unenforced.push('It is held by its process group alone, which it can leave: neither bubblewrap nor unshare gives it a PID namespace here. Its stop is never confirmed by this supervisor.');
  return { containment: 'process_group', by: 'nothing', unenforced, wrap: (command) => [...outer, ...inner, ...command] };
}

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
