// The front door. `node dist/server.js` starts everything; with a name it is that one process, as in production.
import { isProcessName, processNames, type ProcessName, type RunningProcess } from '@/lib/processes/process-names';

const mains: Record<ProcessName, () => Promise<{ run(): Promise<RunningProcess> }>> = {
  control: () => import('@/lib/processes/control'),
  gateway: () => import('@/lib/processes/gateway'),
  worker: () => import('@/lib/processes/worker'),
  console: () => import('@/lib/processes/console'),
};

/** Longer than a request may take, shorter than the supervisor's patience. */
const STOP_WITHIN_MS = 7_000;

async function serve(name: ProcessName): Promise<void> {
  const supervised = process.send !== undefined;
  const state: { running?: RunningProcess } = {};
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    Promise.resolve(state.running?.stop()).then(() => process.exit(0), (error: unknown) => { console.error(error); process.exit(1); });
  };
  process.on('SIGTERM', stop);
  // A terminal's Ctrl-C reaches the whole group; under a supervisor the order of stopping is the supervisor's.
  process.on('SIGINT', () => { if (!supervised) stop(); });
  process.on('message', (message) => { if (message === 'stop') stop(); });
  // Nobody is left to restart or to stop us: a supervisor that was killed must not leave servers behind.
  process.on('disconnect', stop);
  const main = await mains[name]();
  state.running = await main.run();
  const { port } = state.running;
  process.send?.({ ready: true, ...(port === undefined ? {} : { port }) });
}

const [name] = process.argv.slice(2);
const work = isProcessName(name) ? serve(name)
  : name === undefined ? import('@/lib/processes/supervisor').then((supervisor) => supervisor.supervise())
  : name === 'migrate' ? import('@/lib/processes/supervisor').then((supervisor) => supervisor.migrateOnly())
  : Promise.reject(new Error(`There is no process "${name}". Give one of ${processNames.join(', ')}, or "migrate", or nothing for all of them.`));

work.catch((error: unknown) => {
  // A failure with a message for people says what to do; its stack would only hide that.
  const expected = error instanceof Error && error.name === 'DomainError';
  console.error(expected || (error instanceof Error && name === undefined && !process.env.COUNTERSIGN_DEV) ? `\n${error.message}\n` : error);
  process.exit(1);
});
