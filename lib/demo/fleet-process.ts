import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import { fromFleetSchema, type FleetConfig, type FromFleet, type ToFleet } from './schema';

export type FleetProcess = {
  readonly runId: string;
  readonly pid: number | undefined;
  /** Undefined until it has ended; then its exit code, null for a signal. */
  ended(): { code: number | null } | undefined;
  stop(): Promise<void>;
};

/** How to start it: the bundle next to the server's, or the source where the server runs from source. */
export type FleetCommand = { entry: string; execArgv: string[] };
export function usualCommand(): FleetCommand {
  const fromSource = (process.argv[1] ?? '').endsWith('.ts');
  return { entry: path.join(projectRoot(), fromSource ? 'lib/demo/main.ts' : 'dist/demo.js'), execArgv: fromSource ? process.execArgv : [] };
}

const STOP_WITHIN_MS = 5_000;

/** Starts the fleet's process. Its credentials go over its own channel; its environment holds neither them nor anything of ours. */
export function startFleetProcess(config: FleetConfig, command: FleetCommand, on: { message(message: FromFleet): void; end(): void }): FleetProcess {
  mkdirSync(config.folder, { recursive: true, mode: 0o700 });
  const log = openSync(path.join(config.folder, 'fleet.log'), 'a', 0o600);
  const { PATH, NODE_ENV, TMPDIR, SystemRoot } = process.env;
  const child = spawn(process.execPath, [...command.execArgv, command.entry], {
    cwd: projectRoot(), stdio: ['ignore', log, log, 'ipc'],
    env: Object.fromEntries(Object.entries({ PATH, NODE_ENV, TMPDIR, SystemRoot }).filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv,
  });
  closeSync(log);
  let end: { code: number | null } | undefined;
  const ended = new Promise<void>((resolve) => {
    const over = (code: number | null) => {
      if (end) return;
      end = { code };
      on.end();
      resolve();
    };
    child.once('exit', over);
    child.once('error', () => { if (child.pid === undefined) over(1); });
  });
  child.on('message', (raw) => {
    const message = fromFleetSchema.safeParse(raw);
    if (message.success) on.message(message.data);
  });
  tell(child, { kind: 'run', config });
  return {
    runId: config.runId,
    pid: child.pid,
    ended: () => end,
    async stop() {
      if (end) return;
      tell(child, { kind: 'stop' });
      const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await ended;
      clearTimeout(hurry);
    },
  };
}

const tell = (child: ChildProcess, message: ToFleet): void => { if (child.connected) child.send(message, () => {}); };
