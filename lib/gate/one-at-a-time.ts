const turns = new Map<string, Promise<unknown>>();

/**
 * Runs the work on one action after whatever this process is doing with the same one: of two that would start it, redeem it or report
 * its result at once, the second finds what the first has done. Other processes are kept out by the comparison at the write.
 */
export async function oneAtATime<T>(actionId: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(actionId);
  const mine = (before ?? Promise.resolve()).catch(() => {}).then(work);
  turns.set(actionId, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(actionId) === mine) turns.delete(actionId);
  }
}
