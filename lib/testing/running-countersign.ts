import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '@/lib/project-root';

export type RunningCountersign = {
  url: string;
  controlUrl: string;
  dataDir: string;
  admin: { email: string; password: string };
  /** The supervisor's process id. */
  pid: number;
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<void>;
};

/** The built product, whole, on free ports and in a folder of its own; resolves when every process serves. `again`: where one was that is dead, in its folder and on its ports. Build first. */
export async function startCountersign(options: { env?: Record<string, string>; dataDir?: string; again?: RunningCountersign } = {}): Promise<RunningCountersign> {
  const { again } = options;
  const dataDir = options.dataDir ?? again?.dataDir ?? mkdtempSync(path.join(tmpdir(), 'countersign-run-'));
  const [port, controlPort] = again ? [again.url, again.controlUrl].map((url) => Number(new URL(url).port)) as [number, number] : await twoFreePorts();
  const admin = { email: 'admin@example.test', password: 'paper lantern across forty rivers' };
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/server.js'], {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env, NODE_ENV: 'production', PORT: String(port), CONTROL_PORT: String(controlPort), HOST: '127.0.0.1', DATA_DIR: dataDir, ENVIRONMENT: 'test',
      DATABASE_URL: '', MIGRATION_DATABASE_URL: '', PUBLIC_URL: `http://localhost:${port}`, COUNTERSIGN_ADMIN_EMAIL: admin.email, COUNTERSIGN_ADMIN_PASSWORD: admin.password, ...options.env,
    },
  });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
  child.stderr?.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await ready(child, ended, () => printed);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://localhost:${port}`, controlUrl: `http://127.0.0.1:${controlPort}`, dataDir, admin, pid: child.pid as number, output: () => printed, stop };
}

function ready(child: ChildProcess, ended: Promise<void>, printed: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    void ended.then(() => reject(new Error(`Countersign ended before it served. It said:\n${printed()}`)));
  });
}

/** Both held until both are known, so that they differ. */
async function twoFreePorts(): Promise<[number, number]> {
  const probes = await Promise.all([0, 1].map(() => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => resolve(probe));
  })));
  const ports = probes.map((probe) => (probe.address() as { port: number }).port) as [number, number];
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}
