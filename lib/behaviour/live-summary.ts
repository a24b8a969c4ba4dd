import type { Figures } from './schema';

const SLOT_MS = 5_000;
const SLOTS = 12;
const MOST_TOOLS = 256;

/** What stands for a tool that nobody registered: its name is the agent's own invention. */
export const UNKNOWN_TOOL = '(unknown)';

export type NotedCall = { tool: string; atMs: number; denied: boolean; sent: number; costE4: number };
export type NotedResult = { read: number; records: number; tokens: number };
/** What a gateway that did not see the session from its beginning reads from the record. */
export type Restored = { figures: Partial<Figures>; tools: readonly (readonly [tool: string, calls: number])[]; last: string; recent: readonly (readonly [atMs: number, calls: number])[] };

/** What a session adds up to so far; a few numbers, however long it is. Times are milliseconds since 1970, by which another gateway can go on. */
export class LiveSummary {
  private readonly sums = { calls: 0, denied: 0, sent: 0, read: 0, said: 0, records: 0, tokens: 0, costE4: 0 };
  private busiest = 0;
  private readonly slots: { slot: number; calls: number }[] = Array.from({ length: SLOTS }, () => ({ slot: -1, calls: 0 }));
  private readonly calls = new Map<string, number>();
  /** The tool that was called last; '' at the beginning. */
  last = '';

  constructor(private readonly openedAtMs: number) {}

  note({ tool, atMs, denied, sent, costE4 }: NotedCall): void {
    this.sums.calls += 1;
    this.sums.sent += sent;
    if (denied) this.sums.denied += 1;
    else this.sums.costE4 += costE4;
    this.count(atMs, 1);
    this.busiest = Math.max(this.busiest, this.perMinute(atMs));
    const before = this.calls.get(tool);
    if (before !== undefined || this.calls.size < MOST_TOOLS) this.calls.set(tool, (before ?? 0) + 1);
    this.last = tool;
  }

  finish({ read, records, tokens }: NotedResult): void {
    this.sums.read += read;
    this.sums.records += records;
    this.sums.tokens += tokens;
  }

  say(bytes: number): void { this.sums.said += bytes; }

  callsOf(tool: string): number { return this.calls.get(tool) ?? 0; }

  /** Calls within the last minute, to five seconds. */
  perMinute(nowMs: number): number {
    const now = slotOf(nowMs);
    let sum = 0;
    for (const { slot, calls } of this.slots) if (slot > now - SLOTS && slot <= now) sum += calls;
    return sum;
  }

  /** As of `nowMs`; `perMinute` is the busiest minute there was. */
  figures(nowMs: number): Figures {
    return { ...this.sums, perMinute: this.busiest, seconds: Math.max(0, nowMs - this.openedAtMs) / 1_000 };
  }

  restore({ figures, tools, last, recent }: Restored): void {
    for (const name of Object.keys(this.sums) as (keyof typeof this.sums)[]) this.sums[name] = figures[name] ?? 0;
    for (const [tool, calls] of tools.slice(0, MOST_TOOLS)) this.calls.set(tool, calls);
    this.last = last;
    for (const [atMs, calls] of recent) this.count(atMs, calls);
  }

  private count(atMs: number, calls: number): void {
    const slot = slotOf(atMs);
    const at = this.slots[((slot % SLOTS) + SLOTS) % SLOTS]!;
    if (at.slot < slot) { at.slot = slot; at.calls = 0; }
    // A clock that was set back counts on where it was.
    at.calls += calls;
  }
}

const slotOf = (atMs: number) => Math.floor(atMs / SLOT_MS);

/** How many records a result brought: the items of a list, or of the longest list that an object holds. Text is none. */
export function recordsIn(output: unknown): number {
  if (Array.isArray(output)) return output.length;
  if (typeof output !== 'object' || output === null) return 0;
  return Object.values(output).reduce((most: number, value) => (Array.isArray(value) ? Math.max(most, value.length) : most), 0);
}
