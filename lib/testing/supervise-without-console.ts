// The supervisor from the sources, without the console (which would have to be built first): for tests that kill.
import path from 'node:path';
import { supervise } from '@/lib/processes/supervisor';
import { projectRoot } from '@/lib/project-root';

await supervise({ names: ['control', 'gateway', 'worker'], entry: path.join(projectRoot(), 'server.ts') });
