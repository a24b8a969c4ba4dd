import { hostSocketPath } from '@/lib/host-socket';

/** Where the host's own socket to control is. */
export const controlSocketPath = (dataDir: string): string => hostSocketPath(dataDir, 'control');
