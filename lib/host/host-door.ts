import type { Logger } from 'pino';
import { openDoor, type HostDoor } from '@/lib/host-door';
import { hostRoutes, type HostDeps } from './routes';

/** Opens the worker's socket in `dataDir`, with every command that the worker answers. */
export function openHostDoor(dataDir: string, deps: HostDeps, logger: Logger): Promise<HostDoor> {
  return openDoor(dataDir, 'worker', hostRoutes(deps), logger);
}
