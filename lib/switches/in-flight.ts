/** Counts decisions under way by the generation that they began under. */
export class InFlight {
  private readonly counts = new Map<number, number>();

  /** Returns what ends this one; calling it twice counts once. */
  begin(generation: number, ended: () => void): () => void {
    this.counts.set(generation, (this.counts.get(generation) ?? 0) + 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const left = (this.counts.get(generation) ?? 1) - 1;
      if (left > 0) { this.counts.set(generation, left); return; }
      this.counts.delete(generation);
      ended();
    };
  }

  /** The newest generation, up to `current`, below which nothing is under way any more. */
  settled(current: number): number {
    let settled = current;
    for (const generation of this.counts.keys()) if (generation < settled) settled = generation;
    return settled;
  }

  get total(): number {
    let total = 0;
    for (const count of this.counts.values()) total += count;
    return total;
  }
}
