import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { runAs, type Account } from './embedded-account';
import type { PostgresBinaries } from './embedded-binaries';

export type Cluster = { binaries: PostgresBinaries; account: Account; folder: string };

export const clusterFolder = (cluster: Cluster) => path.join(cluster.folder, 'cluster');
export const serverLog = (cluster: Cluster) => path.join(cluster.folder, 'server.log');

/** What the running server wrote about itself, or undefined where none has. */
export function readPostmaster(cluster: Cluster): { pid: number; port: number; ready: boolean } | undefined {
  let lines: string[];
  try {
    lines = readFileSync(path.join(clusterFolder(cluster), 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid < 1) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** A process that ended and that nobody has waited for (usual in containers, whose first process is no init) counts as gone. */
export function isAlive(pid: number): boolean {
  try { process.kill(pid, 0); } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false; }
  if (process.platform !== 'linux') return true;
  try { return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')); } catch { return false; }
}

/**
 * Postgres refuses a folder whose lock names any live process id: one that was re-used after a crash, or a dead one that nobody waited for.
 * Every process of a server stands in the data folder, so where none does the lock is a leftover. Returns whether it removed one.
 */
export function removeStaleLock(cluster: Cluster): boolean {
  if (process.platform !== 'linux') return false;
  const folder = realpathSync(clusterFolder(cluster));
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || !isAlive(Number(entry))) continue;
    try { if (readlinkSync(`/proc/${entry}/cwd`) === folder) return false; } catch { /* Another user's process, or gone: no server of this folder, whose processes are ours to read. */ }
  }
  rmSync(path.join(folder, 'postmaster.pid'), { force: true });
  return true;
}

export type Ran = { ok: boolean; output: string; code?: string | number };

export function run(cluster: Cluster, program: string, args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { ...runAs(cluster.account, cluster.folder), maxBuffer: 1 << 22 }, (error, stdout, stderr) => {
      resolve({ ok: !error, output: `${stdout}${stderr}`.trim(), ...(error ? { code: (error as NodeJS.ErrnoException).code ?? 'failed' } : {}) });
    });
  });
}

/** pg_ctl gives the server a terminal session of its own, so that Ctrl-C reaches us first, and returns when it takes connections. */
export function startPostmaster(cluster: Cluster, port: number, settings: Record<string, string>): Promise<Ran> {
  const flags = Object.entries({ listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }).map(([name, value]) => {
    if (!/^[\w.,:-]*$/.test(value)) throw new Error(`The setting ${name} has a character that pg_ctl would read as its own.`);
    return `-c ${name}=${value}`;
  });
  return run(cluster, cluster.binaries.pgCtl, ['start', '-w', '-t', '60', '-D', clusterFolder(cluster), '-l', serverLog(cluster), '-o', [`-p ${port}`, ...flags].join(' ')]);
}

/** Ends open connections, writes everything down, and returns when the server is gone. */
export async function stopPostmaster(cluster: Cluster, patienceSeconds = 20): Promise<void> {
  const fast = await run(cluster, cluster.binaries.pgCtl, ['stop', '-w', '-t', String(patienceSeconds), '-D', clusterFolder(cluster), '-m', 'fast']);
  if (fast.ok) return;
  const left = readPostmaster(cluster);
  if (!left || !isAlive(left.pid)) return;
  // Immediate is safe for committed data (the next start recovers it), only slower to come back.
  await run(cluster, cluster.binaries.pgCtl, ['stop', '-w', '-t', '5', '-D', clusterFolder(cluster), '-m', 'immediate']);
}

/** The preferred port when nobody has it, else any free one on loopback. */
export async function freePort(preferred = 0): Promise<number> {
  const tried = await tryPort(preferred);
  return tried ?? (await tryPort(0)) ?? Promise.reject(new Error('No free port on 127.0.0.1.'));
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
