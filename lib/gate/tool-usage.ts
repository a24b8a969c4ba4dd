import type { Limit } from '@/lib/policies/schema';
import type { RegistryTool } from '@/lib/protocol/registry';

/** What the calls of one tool have taken in a session. */
export type Usage = { running: number; rows: number; durationMs: number };
const none: Usage = { running: 0, rows: 0, durationMs: 0 };

/** What a session's calls have taken, by tool. As many entries as the registry has tools at most: what is not in it is never called. */
export class ToolUsage {
  private readonly tools = new Map<string, { usage: Usage; classes: readonly string[] }>();

  began(tool: Pick<RegistryTool, 'name' | 'classes'>): void { this.of(tool).running += 1; }

  /** `started`: it was counted as running. What a tool server redeemed without a start never was. */
  ended(tool: Pick<RegistryTool, 'name' | 'classes'>, took: { rows: number; durationMs: number }, started: boolean): void {
    const usage = this.of(tool);
    if (started) usage.running = Math.max(0, usage.running - 1);
    usage.rows += took.rows;
    usage.durationMs += took.durationMs;
  }

  /** What is taken so far of what the limit is about. */
  within({ on }: Limit): Usage {
    if (on.per === 'tool') return this.tools.get(on.name)?.usage ?? none;
    const total = { ...none };
    for (const { usage, classes } of this.tools.values()) {
      if (on.per === 'class' && !classes.includes(on.name)) continue;
      total.running += usage.running;
      total.rows += usage.rows;
      total.durationMs += usage.durationMs;
    }
    return total;
  }

  private of({ name, classes }: Pick<RegistryTool, 'name' | 'classes'>): Usage {
    let entry = this.tools.get(name);
    if (!entry) this.tools.set(name, (entry = { usage: { ...none }, classes }));
    return entry.usage;
  }
}
