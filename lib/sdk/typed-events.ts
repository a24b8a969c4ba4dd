/** Listeners by event name. A listener that throws must not take the connection with it, so its error is thrown apart. */
export class TypedEvents<M extends Record<string, unknown>> {
  readonly #listeners = new Map<keyof M, Set<(value: never) => void>>();

  /** Adds a listener; call what it returns to take it away again. */
  on<K extends keyof M>(event: K, listener: (value: M[K]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener as (value: never) => void));
    return () => listeners.delete(listener as (value: never) => void);
  }

  /** Whether anybody listened. */
  protected emit<K extends keyof M>(event: K, value: M[K]): boolean {
    const listeners = [...(this.#listeners.get(event) ?? [])] as ((value: M[K]) => void)[];
    for (const listener of listeners) {
      try { listener(value); } catch (error) { queueMicrotask(() => { throw error; }); }
    }
    return listeners.length > 0;
  }
}
