import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { RogueKind } from '../schema';
import type { AgentLine } from './agent-line';
import { beat } from './beat';
import { BEAT_MS, type RogueOrders, type RogueUp } from './orders';

/** `ready`: what is there once it resolves; `goOn`: what it does from the moment it has said so. */
type Misdeed = (orders: RogueOrders, line: AgentLine) => Promise<{ ready: Partial<Pick<RogueUp, 'lives' | 'port' | 'note'>>; goOn?: () => void }>;

/** What each kind does besides ignoring signals and halts, which all of them do. */
export const misdeeds: Record<RogueKind, Misdeed> = {
  ignores_halt: async () => ({ ready: {} }),
  lies: async () => ({ ready: {} }),
  blocks_socket: async ({ folder }) => ({ ready: {}, goOn: () => spin(folder) }),
  forks: async (orders) => {
    stay(orders, 'child', {});
    stay(orders, 'session', { detached: true });
    return { ready: { lives: 3 } };
  },
  double_forks: async (orders) => {
    // The one in the middle ends at once, so that its child belongs to nobody.
    spawn(process.execPath, [...self(), 'fork', orders.mark, orders.folder], { detached: true, stdio: 'ignore', env: nothing }).unref();
    return { ready: { lives: 2 } };
  },
  floods: async (_orders, line) => ({ ready: {}, goOn: () => { for (let i = 0; i < 16; i++) void flood(line, i); } }),
  holds_port: async () => {
    const server = createServer((socket) => socket.end('still here\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { ready: { port: (server.address() as AddressInfo).port } };
  },
  kills_supervisor: async ({ outerNamespace }) => ({ ready: { note: killAround(outerNamespace) } }),
  cut_off: async () => {
    const names = Object.keys(networkInterfaces());
    return { ready: { note: `its network namespace has ${names.length === 1 && names[0] === 'lo' ? 'no interface but its own loopback' : `the interfaces ${names.join(', ')}`}` } };
  },
};

/** A cleared environment. */
export const nothing = {} as NodeJS.ProcessEnv;
const self = () => [...process.execArgv, process.argv[1]!];

/** Starts another process that stays, whatever becomes of this one. */
export function stay({ mark, folder }: Pick<RogueOrders, 'mark' | 'folder'>, name: string, options: { detached?: boolean; env?: NodeJS.ProcessEnv }): void {
  spawn(process.execPath, [...self(), 'stay', mark, folder, name], { stdio: 'ignore', ...options }).unref();
}

/** Never gives its event loop another turn: no halt can be read, no signal handler runs. */
function spin(folder: string): never {
  for (let next = 0; ;) {
    if (performance.now() < next) continue;
    beat(folder, 'main');
    next = performance.now() + BEAT_MS;
  }
}

async function flood(line: AgentLine, lane: number): Promise<void> {
  for (let n = 0; ; n++) {
    await line.ask(`${lane}-${n}`);
    // A refusal that comes at once must not starve everything else of this process.
    if (n % 50 === 49) await new Promise(setImmediate);
  }
}

/** Sends SIGKILL to every process that it can see, its parent first. Only ever from within a PID namespace of its own: elsewhere this would be the end of the machine. */
function killAround(outerNamespace: string): string {
  const own = String(statSync('/proc/self/ns/pid').ino);
  if (outerNamespace === '' || own === outerNamespace) throw new Error('this rogue kills around itself and has no PID namespace of its own');
  const seen = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => pid !== process.pid);
  let taken = 0;
  for (const pid of [...(process.ppid > 1 ? [process.ppid] : []), ...seen]) {
    try { process.kill(pid, 'SIGKILL'); taken++; } catch { /* it may not, or it is gone */ }
  }
  return `it is process ${process.pid} with parent ${process.ppid}, saw ${seen.length} other processes, and could send SIGKILL to ${taken}`;
}
