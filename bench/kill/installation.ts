import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@/lib/db/embedded-postmaster';
import { newPassword, readLocalSecrets } from '@/lib/db/local-secrets';
import { projectRoot } from '@/lib/project-root';

export type Victim = 'gateway' | 'console' | 'worker' | 'control' | 'postgres';
export type Installation = Awaited<ReturnType<typeof startInstallation>>;

/** Everything as `npm start` runs it, under its real supervisor, on free ports and in a folder of its own. `entry` is the program that supervises. */
export async function startInstallation(entry: string[], processes: readonly Victim[]) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-kill-'));
  const [port, controlPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, entry, {
    cwd: projectRoot(), stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), CONTROL_PORT: String(controlPort), HOST: '127.0.0.1', PUBLIC_URL: `http://127.0.0.1:${port}`, DATA_DIR: dataDir, DATABASE_URL: '', MIGRATION_DATABASE_URL: '', COUNTERSIGN_ADMIN_EMAIL: 'admin@example.test', COUNTERSIGN_ADMIN_PASSWORD: newPassword() },
  });
  let output = '';
  const hear = (chunk: Buffer) => { output += chunk.toString(); };
  child.stdout!.on('data', hear);
  child.stderr!.on('data', hear);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (remove: boolean) => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    if (remove) rmSync(dataDir, { recursive: true, force: true });
  };
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void ended.then(() => reject(new Error(`the installation ended before it served:\n${output}`)));
  });
  const pidOf = (victim: Victim): number | undefined => (victim === 'postgres' ? postmasterPid(dataDir) : childNamed(child.pid!, victim));
  for (const victim of processes) if (!pidOf(victim)) { await stop(true); throw new Error(`${victim} did not start:\n${output}`); }
  return {
    dataDir, url: `http://127.0.0.1:${port}`, controlUrl: `http://127.0.0.1:${controlPort}`, pid: child.pid!, pidOf, stop, output: () => output,
    /** The superuser's address: for comparing afterwards, not for playing. */
    databaseUrl() { return `postgresql://postgres:${readLocalSecrets(dataDir).superuser}@127.0.0.1:${readLocalSecrets(dataDir).port}/countersign`; },
    /** The owner's address, as the supervisor uses it. */
    ownerUrl() { return `postgresql://countersign_owner:${readLocalSecrets(dataDir).roles.owner}@127.0.0.1:${readLocalSecrets(dataDir).port}/countersign`; },
  };
}

function postmasterPid(dataDir: string): number | undefined {
  try { return Number(readFileSync(path.join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]); } catch { return undefined; }
}

/** The child of the supervisor that was started with this name. */
function childNamed(parent: number, name: string): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(after[1]) !== parent || after[0] === 'Z') continue;
      if (readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').filter((word) => word !== '').at(-1) === name) return Number(entry);
    } catch { /* gone meanwhile */ }
  }
  return undefined;
}
