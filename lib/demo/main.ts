// The demo fleet's own process: `node dist/demo.js`, started by a worker that hands it its credentials over IPC.
import { runFleet } from './run-fleet';
import { toFleetSchema, type FleetConfig, type FromFleet } from './schema';

/** Time for agents to close their sessions; the worker is less patient than this only when it is killed. */
const LEAVE_WITHIN_MS = 4_000;

const end = new AbortController();
let running = false;

function leave(): void {
  if (end.signal.aborted) return;
  end.abort();
  setTimeout(() => process.exit(running ? 1 : 0), LEAVE_WITHIN_MS).unref();
  if (!running) process.exit(0);
}

const tell = (message: FromFleet) => new Promise<void>((resolve) => { if (process.connected) process.send?.(message, () => resolve()); else resolve(); });

async function run(config: FleetConfig): Promise<void> {
  running = true;
  console.log(`SIMULATED agents of run ${config.runId}, seed ${config.seed}: ${config.agents.map(({ part }) => part).join(', ')}`);
  try {
    const why = await runFleet({ config, signal: end.signal, say: (line) => console.log(line), onAtWork: () => void tell({ kind: 'at_work' }) });
    if (!end.signal.aborted) await tell({ kind: 'over', why });
    process.exit(0);
  } catch (error) {
    if (end.signal.aborted) process.exit(0);
    console.error(error);
    process.exit(1);
  }
}

if (!process.send) {
  console.error('The demo fleet is started by the worker. Press "Run the demo fleet" in the console, or run "countersign demo start".');
  process.exit(2);
}
process.on('message', (raw) => {
  const message = toFleetSchema.safeParse(raw);
  if (!message.success) return;
  if (message.data.kind === 'stop') leave();
  else if (!running) void run(message.data.config);
});
// The worker is gone: nobody is left to stop us.
process.on('disconnect', leave);
process.on('SIGTERM', leave);
// A terminal's Ctrl-C reaches the whole group; the order of stopping is the worker's.
process.on('SIGINT', () => {});
