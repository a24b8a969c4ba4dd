export type Held<Row> = { rows: Row[]; held: number };

/**
 * The list as a person sees it while the pointer or the focus is in it: nothing moves, nothing leaves, what is new is counted.
 * `held` is the order when they came in, or null when the list is free; `left`: what became of rows that are no longer in the list.
 */
export function holdOrder<Row extends { id: string }>(fresh: readonly Row[], held: readonly Row[] | null, left: readonly Row[] = []): Held<Row> {
  if (!held) return { rows: [...fresh], held: 0 };
  const byId = new Map([...left, ...fresh].map((row) => [row.id, row]));
  const known = new Set(held.map((row) => row.id));
  return { rows: held.map((row) => byId.get(row.id) ?? row), held: fresh.filter((row) => !known.has(row.id)).length };
}

/** Where the focus goes when a row leaves: to the next one, or the last. */
export function nextAfter(ids: readonly string[], leaving: string): string | undefined {
  const at = ids.indexOf(leaving);
  return at === -1 ? ids[0] : (ids[at + 1] ?? ids[at - 1]);
}
