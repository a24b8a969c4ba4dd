/** How long to wait before the next try, in milliseconds: doubling, at most `capMs`, with full jitter so that a fleet does not return as one. */
export function backOffMs(attempt: number, random: () => number = Math.random, baseMs = 200, capMs = 5_000): number {
  return Math.round(50 + random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 16)));
}

/** Resolves after `ms`, or at once (false) when the signal ends. */
export function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false);
    const done = (value: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancelled);
      resolve(value);
    };
    const cancelled = () => done(false);
    const timer = setTimeout(() => done(true), ms);
    signal?.addEventListener('abort', cancelled);
  });
}
