/** In the order in which they are reported; the way to stop comes first. */
export const processNames = ['control', 'gateway', 'worker', 'console'] as const;
export type ProcessName = (typeof processNames)[number];

/** What each process's main gives back once it serves. */
export type RunningProcess = { stop(): Promise<void>; port?: number };

/** A child tells its supervisor by IPC that it serves. */
export type ReadyMessage = { ready: true; port?: number };

export const isProcessName = (text: string | undefined): text is ProcessName => (processNames as readonly string[]).includes(text ?? '');
export const isReadyMessage = (message: unknown): message is ReadyMessage => typeof message === 'object' && message !== null && (message as { ready?: unknown }).ready === true;
