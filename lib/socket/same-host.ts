/** Whether a browser's Origin is the host it speaks to. A missing Origin is not: browsers always send one with a socket. */
export function sameHost(origin: string | undefined, host: string | undefined): boolean {
  if (!origin || !host) return false;
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}
