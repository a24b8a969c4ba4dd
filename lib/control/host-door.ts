import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import net from 'node:net';
import path from 'node:path';

/** Listens on a Unix socket that only this user can open. A file that a dead process left is removed; a living one is not. */
export async function listenOnSocket(server: Server, file: string): Promise<void> {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = statSync(folder);
  if (process.getuid && owner.uid !== process.getuid() && process.getuid() !== 0) throw new Error(`The folder ${folder} belongs to somebody else.`);
  if (await answers(file)) throw new Error(`Another control process answers on ${file}. Stop it first, or give this one a DATA_DIR of its own.`);
  rmSync(file, { force: true });
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
