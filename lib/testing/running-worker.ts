import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProcessName } from '@/lib/processes/process-names';
import { projectRoot } from '@/lib/project-root';

export type RunningWorker = {
  dataDir: string;
  pid: number;
  output(): string;
  /** Runs a command line against it. */
  countersign(...argv: string[]): Promise<{ code: number | null; out: string; err: string; json: Record<string, unknown> }>;
  stop(signal?: NodeJS.Signals): Promise<void>;
};

type Options = { dataDir?: string; env?: Record<string, string> };

/** A worker from the sources, in a process of its own; resolves when it serves. */
export const startWorker = (databaseUrl: string, options: Options = {}): Promise<RunningWorker> => startProcess('worker', databaseUrl, options);

/** The same for any process of the product. */
export async function startProcess(name: ProcessName, databaseUrl: string, options: Options = {}): Promise<RunningWorker> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'countersign-worker-'));
  const env: NodeJS.ProcessEnv = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', NODE_ENV: 'production', ...options.env };
  const child = spawn(process.execPath, ['--import', 'tsx', 'server.ts', name], { cwd: projectRoot(), env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void ended.then(() => reject(new Error(`The ${name} ended before it served. It said:\n${printed}`)));
  });
  return {
    dataDir, pid: child.pid as number, output: () => printed,
    countersign: (...argv) => commandLine(argv, env),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The command line from the sources; `json` is what its last line says, or empty. */
export function commandLine(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; out: string; err: string; json: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'lib/cli/main.ts', ...argv], { cwd: projectRoot(), env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
    child.once('error', reject);
    child.once('close', (code) => {
      let json: Record<string, unknown> = {};
      try { json = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>; } catch { /* text for people */ }
      resolve({ code, out, err, json });
    });
  });
}
