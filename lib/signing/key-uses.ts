/** How often this process has used a key since the last time somebody asked; counted in memory, because signing must not wait for it. */
export type KeyUses = { name: string; kid: string; uses: number; firstAt: Date; lastAt: Date };

// The console's process holds several copies of this module; they count into one.
const globals = globalThis as { __countersignKeyUses?: Map<string, KeyUses> };
const counted = () => (globals.__countersignKeyUses ??= new Map());

export function noteKeyUse(name: string, kid: string): void {
  const key = `${name} ${kid}`;
  const now = new Date();
  const entry = counted().get(key);
  if (entry) {
    entry.uses++;
    entry.lastAt = now;
  } else counted().set(key, { name, kid, uses: 1, firstAt: now, lastAt: now });
}

/** What was counted, which begins anew. Give it back with `returnKeyUses` where it could not be written down. */
export function takeKeyUses(): KeyUses[] {
  const taken = [...counted().values()];
  counted().clear();
  return taken;
}

export function returnKeyUses(uses: readonly KeyUses[]): void {
  for (const one of uses) {
    const key = `${one.name} ${one.kid}`;
    const since = counted().get(key);
    counted().set(key, since ? { ...one, uses: one.uses + since.uses, lastAt: since.lastAt } : one);
  }
}
