import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** The kernel takes 107 bytes for the address of a Unix socket, macOS 103. */
const LONGEST = 100;

/** `keys-<process>-<pid>`: any number of replicas may share a DATA_DIR. */
export type SocketName = 'control' | 'worker' | `keys-${string}`;

/** Where a process's own socket for the host is: in DATA_DIR, or in a private folder of the temporary one where that path would be too long. */
export function hostSocketPath(dataDir: string, name: SocketName): string {
  const inside = path.join(dataDir, `${name}.sock`);
  if (Buffer.byteLength(inside) <= LONGEST) return inside;
  const folder = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return path.join(os.tmpdir(), `countersign-${process.getuid?.() ?? 0}-${folder}`, `${name}.sock`);
}

/**
 * Listens on the process's Unix socket, which only this user can open, and resolves with its path. A file that a dead
 * process left is removed; a living one is not.
 */
export async function listenOnSocket(server: Server, dataDir: string, name: SocketName): Promise<string> {
  const file = hostSocketPath(dataDir, name);
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = statSync(folder);
  // In a folder that everybody can write to, anybody may have made ours before us. A DATA_DIR is chosen by whoever starts
  // us, wherever it lies and whatever it is called: its mode is not ours to change, the database may have to pass through it.
  const chosenByUs = path.resolve(folder) !== path.resolve(dataDir);
  if (process.getuid && owner.uid !== process.getuid() && (chosenByUs || process.getuid() !== 0)) throw new Error(`The folder ${folder} belongs to somebody else.`);
  if (chosenByUs && (owner.mode & 0o077) !== 0) chmodSync(folder, 0o700);
  if (await answers(file)) throw new Error(`Another process answers on ${file}. Stop it first, or give this one a DATA_DIR of its own.`);
  rmSync(file, { force: true });
  if (name.startsWith('keys-')) await removeLeftBehind(folder, name.slice(0, name.lastIndexOf('-') + 1));
  // Made with no rights for others: a chmod afterwards would leave a moment in which anybody could connect.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(file, () => { server.off('error', reject); resolve(); });
    });
  } finally {
    process.umask(before);
  }
  chmodSync(file, 0o600);
  return file;
}

/** Removes what replicas left that were killed: no such process here, and nobody who answers, as one in another container would. */
async function removeLeftBehind(folder: string, prefix: string): Promise<void> {
  for (const other of readdirSync(folder)) {
    const pid = other.startsWith(prefix) ? /^(\d+)\.sock$/.exec(other.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !lives(Number(pid)) && !(await answers(path.join(folder, other)))) rmSync(path.join(folder, other), { force: true });
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(file);
    const done = (result: boolean) => { socket.destroy(); resolve(result); };
    socket.setTimeout(1_000, () => done(true));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}
