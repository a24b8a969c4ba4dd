import { noHistory, readBaseline, unreadableHistory, type History } from '@/lib/behaviour';

/** What is usual for an agent, as its sessions here see it: a newer one takes effect in all of them. */
export type HeldHistory = { version: number | undefined; current: History };

/** Sessions that are attached keep their own hold of what they are compared with. */
const MOST = 1_000;

/** The baselines of the agents at this gateway: read when a session is attached and when a new one was learned, never for an action. */
export class Baselines {
  private readonly held = new Map<string, HeldHistory>();

  constructor(private readonly onUnreadable: (agentId: string, error: unknown) => void) {}

  /** Never throws: an agent whose baseline cannot be read has no history, and its decisions say so. */
  async load(agentId: string): Promise<HeldHistory> {
    const held = this.held.get(agentId) ?? { version: undefined, current: noHistory };
    this.held.delete(agentId);
    this.held.set(agentId, held);
    if (this.held.size > MOST) this.held.delete(this.held.keys().next().value!);
    try {
      const read = await readBaseline(agentId, held.version);
      if (read !== 'unchanged') { held.version = read.version; held.current = read.history; }
    } catch (error) {
      this.onUnreadable(agentId, error);
      // What was read before is still the best that is known.
      if (held.version === undefined) held.current = unreadableHistory;
    }
    return held;
  }

  /** A new one was learned, somewhere. */
  async refresh(agentId: string): Promise<void> {
    if (this.held.has(agentId)) await this.load(agentId);
  }

  /** Notices may have been missed. */
  async refreshAll(): Promise<void> {
    for (const agentId of [...this.held.keys()]) await this.load(agentId);
  }
}

/** What a session that nobody attached is compared with. */
export const nothingLearned = (): HeldHistory => ({ version: undefined, current: noHistory });
