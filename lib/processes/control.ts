import os from 'node:os';
import { pino } from 'pino';
import { startControl } from '@/lib/control';
import { closePools } from '@/lib/db';
import { env as readOnce } from '@/lib/env';
import type { RunningProcess } from './process-names';

/** Ahead of what else this machine does, where the system lets us: control does little, and a stop must not wait behind a busy gateway. */
function goFirst(): void {
  try { os.setPriority(os.constants.priority.PRIORITY_HIGH); } catch { /* Takes a right (CAP_SYS_NICE) that not everybody has; without it control takes its turn. */ }
}

/** The out-of-band stop: needs neither console nor gateway, and takes stops also while the database is away. */
export async function run(): Promise<RunningProcess> {
  const env = readOnce();
  if (!env.databaseUrl) throw new Error('DATABASE_URL is not set. `npm start` sets it for each process; set it yourself when you start control alone.');
  const logger = pino({ name: 'control', level: env.logLevel });
  goFirst();
  const control = await startControl({ dataDir: env.dataDir, host: env.host, port: env.controlPort, databaseUrl: env.databaseUrl, logger });
  logger.info({ port: control.port, socket: control.socketPath }, 'control takes stops');
  return {
    port: control.port,
    async stop() {
      // Whoever ends control in order means to start it again: a fleet must not die of a rolling restart.
      await control.stop({ extendMs: env.controlRestartMs });
      await closePools();
    },
  };
}
