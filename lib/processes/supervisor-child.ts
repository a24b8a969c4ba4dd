import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import { isReadyMessage, type ProcessName } from './process-names';
import { reportEvent, seconds } from './supervisor-report';

const READY_WITHIN_MS = 60_000;
const STEADY_AFTER_MS = 10_000;
const LONGEST_PAUSE_MS = 10_000;
const LOG_LIMIT_BYTES = 10_000_000;
/** Without it Cedar under load aborts a whole process on Node 20 (V8's deoptimiser); nothing can catch that. */
const CEDAR_FLAG = '--no-turbo-inline-js-wasm-calls';

export type ChildOptions = { name: ProcessName; env: () => NodeJS.ProcessEnv; logFolder: string; entry?: string };

export type Child = {
  /** Settles once: it serves, or it failed three times in a row (and is still being tried). */
  started: Promise<{ ok: true; tookMs: number; port?: number } | { ok: false; said: string }>;
  pid(): number | undefined;
  /** Ends it and starts it again with a fresh environment. */
  restart(): void;
  stop(deadlineMs: number): Promise<void>;
};

/** The pause before a process is started again, by how often in a row it ended soon after its start. */
export const pauseBefore = (failures: number) => (failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, 250 * 2 ** (failures - 1)));

/** Keeps one process running: starts it again when it ends, says so, and waits longer each time that it fails at once. */
export function keepRunning(options: ChildOptions): Child {
  let child: ChildProcess | undefined;
  let stopping = false;
  let failures = 0;
  let ordered = false;
  let timer: NodeJS.Timeout | undefined;
  let settle: (result: Awaited<Child['started']>) => void = () => {};
  let settled = false;
  const started = new Promise<Awaited<Child['started']>>((resolve) => { settle = (result) => { settled = true; resolve(result); }; });
  let ended: Promise<void> = Promise.resolve();

  function start(): void {
    const since = performance.now();
    let readyAt: number | undefined;
    const output = openLog(options.logFolder, options.name);
    const current = fork(options.entry ?? (process.argv[1] as string), [options.name], {
      cwd: projectRoot(),
      env: options.env(),
      execArgv: [...process.execArgv.filter((flag) => flag !== CEDAR_FLAG), CEDAR_FLAG],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = current;
    current.stdout?.on('data', output.write);
    current.stderr?.on('data', output.write);
    const impatience = setTimeout(() => { output.note(`Not ready after ${seconds(READY_WITHIN_MS)}.`); current.kill('SIGKILL'); }, READY_WITHIN_MS);
    current.on('message', (message) => {
      if (!isReadyMessage(message) || readyAt !== undefined) return;
      clearTimeout(impatience);
      readyAt = performance.now();
      if (settled) reportEvent(`${options.name} is back (${seconds(readyAt - since)}).`);
      else settle({ ok: true, tookMs: readyAt - since, ...(message.port === undefined ? {} : { port: message.port }) });
    });
    current.on('error', (error) => output.note(error.message));
    ended = new Promise((resolve) => {
      current.once('close', (code, signal) => {
        clearTimeout(impatience);
        output.close();
        if (child === current) child = undefined;
        resolve();
        if (!stopping) again(readyAt, code, signal, output.tail());
      });
    });
  }

  function again(readyAt: number | undefined, code: number | null, signal: string | null, said: string): void {
    if (ordered) { ordered = false; timer = setTimeout(start, 0); return; }
    const steady = readyAt !== undefined && performance.now() - readyAt > STEADY_AFTER_MS;
    failures = steady ? 0 : failures + 1;
    const pause = readyAt !== undefined && failures <= 1 ? 0 : pauseBefore(failures);
    if (settled) reportEvent(`${options.name} ended (${signal ?? `code ${code}`}); starting it again${pause ? ` in ${seconds(pause)}` : ''}.${readyAt === undefined && said ? `\n${said}` : ''}`);
    else if (failures >= 3) settle({ ok: false, said: said || `ended with ${signal ?? `code ${code}`}` });
    timer = setTimeout(start, pause);
  }

  start();
  return {
    started,
    pid: () => child?.pid,
    restart: () => { if (child) { ordered = true; child.kill('SIGTERM'); } },
    async stop(deadlineMs) {
      stopping = true;
      clearTimeout(timer);
      const current = child;
      if (!current) return;
      // A message, not a signal: it also works where there are no signals (Windows).
      if (current.connected) current.send('stop', () => {}); else current.kill('SIGTERM');
      const hurry = setTimeout(() => current.kill('SIGKILL'), deadlineMs);
      await ended;
      clearTimeout(hurry);
    },
  };
}

/** A process's own words go to its file; their last lines are kept for the report of a failed start. */
function openLog(folder: string, name: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  stream.on('error', () => {});
  let recent = '';
  const write = (chunk: Buffer | string) => {
    if (process.env.COUNTERSIGN_LOGS === 'stdout') process.stdout.write(chunk); else stream.write(chunk);
    recent = (recent + chunk.toString()).slice(-4_000);
  };
  return {
    write,
    note: (text: string) => write(`${text}\n`),
    tail: () => recent.trim().split('\n').slice(-12).map((line) => `      ${line}`).join('\n').trimEnd(),
    close: () => stream.end(),
  };
}
