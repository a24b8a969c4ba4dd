import { readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@/lib/db/embedded-postmaster';
import { env as readOnce, type Env } from '@/lib/env';
import { projectRoot } from '@/lib/project-root';
import { afterMigrate } from './after-migrate';
import { processNames, type ProcessName } from './process-names';
import { childEnv } from './supervisor-child-env';
import { keepRunning, type Child } from './supervisor-child';
import { openDatabase } from './supervisor-database';
import { requirePort } from './supervisor-ports';
import { reportAddress, reportEvent, reportHeader, reportLine, reportPlain } from './supervisor-report';

const STOP_WITHIN_MS = 8_000;
/** What people reach goes first, what others lean on last. */
const stopOrder: ProcessName[][] = [['console', 'gateway'], ['worker'], ['control']];

/** Starts everything on this machine and keeps it running until it is told to stop. `names` and `entry` are for tests: some of the processes, from another program. */
export async function supervise({ names = processNames, entry }: { names?: readonly ProcessName[]; entry?: string } = {}): Promise<void> {
  const env = readOnce();
  const since = performance.now();
  reportHeader(version(), env.environment);
  await requirePort('PORT', env.port, env.host);
  await requirePort('CONTROL_PORT', env.controlPort, env.host);

  const children = new Map<ProcessName, Child>();
  const opening = openDatabase(env, () => { for (const child of children.values()) child.restart(); });
  const stopped = stopOnSignal(async () => {
    for (const wave of stopOrder) await Promise.all(wave.map((name) => children.get(name)?.stop(STOP_WITHIN_MS)));
    // A database that is still coming up is waited for, so that no server is left behind.
    await opening.then((database) => database.stop(), () => {});
  });
  const database = await opening;
  let news: string[];
  try {
    news = await afterMigrate(env, database.ownerUrl);
  } catch (error) {
    await database.stop();
    throw error;
  }
  if (stopped.begun()) return;

  const upstream = `http://127.0.0.1:${await freePort()}`;
  const logFolder = path.join(env.dataDir, 'logs');
  for (const name of names) children.set(name, keepRunning({ name, logFolder, env: () => childEnv(env, database, name, upstream), ...(entry ? { entry } : {}) }));
  const outcomes = await Promise.all(names.map(async (name) => {
    const outcome = await (children.get(name) as Child).started;
    if (stopped.begun()) return false;
    if (outcome.ok) reportLine(name, addressOf(name, env), outcome.tookMs);
    else reportLine(name, `could not start, and is tried again. Its last words:\n${outcome.said}`);
    return outcome.ok;
  }));
  if (stopped.begun()) return;
  if (outcomes.every((ok) => !ok)) { await stopped.now(1); return; }
  reportAddress(env.publicUrl, logFolder, performance.now() - since);
  for (const line of news) reportPlain(line);
  process.send?.({ ready: true, port: env.port });
}

/** Migrations and roles alone, for deployments where each process is its own. */
export async function migrateOnly(): Promise<void> {
  const env = readOnce();
  reportHeader(version(), env.environment);
  const database = await openDatabase(env, () => {});
  try {
    for (const line of await afterMigrate(env, database.ownerUrl)) reportPlain(line);
  } finally {
    await database.stop();
  }
  process.exit(0);
}

function addressOf(name: ProcessName, env: Env): string {
  switch (name) {
    case 'gateway': return `http://${env.host}:${env.port} (agents, and the way to the console)`;
    case 'control': return `http://${env.host}:${env.controlPort} (stops)`;
    case 'console': return 'behind the gateway';
    case 'worker': return 'timers, notifications, checkpoints';
  }
}

/** The first signal stops in order; a second one, given by a person who waited, means now (children see it and end by themselves). */
function stopOnSignal(work: () => Promise<void>) {
  let running: Promise<void> | undefined;
  let since = 0;
  const now = (code: number) => (running ??= work().then(
    () => process.exit(code),
    (error: unknown) => { reportEvent(`Stopping failed: ${String(error)}`); process.exit(1); },
  ));
  const onSignal = () => {
    // npm passes on the Ctrl-C that the terminal has sent already: one key press arrives up to three times.
    if (running && performance.now() - since < 1_500) return;
    if (running) process.exit(130);
    since = performance.now();
    reportEvent('Stopping.');
    void now(0);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // The window of the terminal was closed.
  process.on('SIGHUP', onSignal);
  // Whoever started us over IPC is gone.
  process.on('disconnect', onSignal);
  return { begun: () => running !== undefined, now };
}

function version(): string {
  return (JSON.parse(readFileSync(path.join(projectRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}
