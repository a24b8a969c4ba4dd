import type { Sql } from '@/lib/db';
import type { Bundle, Limit } from '@/lib/policies/schema';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Money } from '@/lib/protocol/primitives';

/** What a decision set aside of a limit; given back when the ask is denied or expires. Cost in ten-thousandths of a currency unit. */
export type Reservation = { key: string; window: string; calls: number; costE4: number };
type Use = { calls: number; costE4: number };
type Bucket = { tokens: number; at: number };

export type BudgetAsk = { sessionId: string; agentId: string; tool: RegistryTool; costE4: number; currency: string; now: Date; monotonicMs: number; running: number };
export type BudgetAnswer = { ok: true; reservations: Reservation[]; commit: () => void } | { ok: false; reason: string };

/** Money as ten-thousandths, exact for every amount the contract allows up to nine digits before the point. */
export function toE4(money: Money | undefined): number {
  if (!money) return 0;
  const negative = money.amount.startsWith('-');
  const [whole = '0', fraction = ''] = money.amount.replace('-', '').split('.');
  const value = Number(whole) * 10_000 + Number(fraction.padEnd(4, '0'));
  return negative ? -value : value;
}
export const fromE4 = (value: number): string => (value / 10_000).toFixed(4);

/** What a call costs: our price for the tool; the agent's own estimate can only raise it. */
export function costOf(bundle: Bundle, tool: string, estimate: Money | undefined): { costE4: number; currency: string } {
  const price = bundle.prices?.tools[tool];
  const currency = price?.currency ?? estimate?.currency ?? 'EUR';
  return { costE4: Math.max(0, toE4(price), estimate && estimate.currency === currency ? toE4(estimate) : 0), currency };
}

/** What the limits have used, as far as this gateway knows: its own decisions and what the database held when it first looked. */
export class Budgets {
  private readonly uses = new Map<string, Use>();
  private readonly buckets = new Map<string, Bucket>();
  private readonly days = new Map<string, number>();

  /** Reads what was used before, for keys that this gateway has not met yet. Call when a session is attached. */
  async load(sql: Sql, keyPrefixes: readonly string[]): Promise<void> {
    const rows = await sql.rows<{ key: string; window: string; calls: number; cost: string }>(
      `SELECT key, "window", calls, cost::text FROM budget_use WHERE key = ANY($1::text[]) OR key LIKE ANY($2::text[])`,
      [keyPrefixes, keyPrefixes.map((prefix) => `${prefix}:%`)],
    );
    for (const row of rows) this.uses.set(`${row.key}|${row.window}`, { calls: row.calls, costE4: Math.round(Number(row.cost) * 10_000) });
  }

  /** Holds a call against every limit that covers it. Nothing is taken before `commit`. */
  check(limits: readonly Limit[], ask: BudgetAsk): BudgetAnswer {
    const reservations: Reservation[] = [];
    const takes: (() => void)[] = [];
    for (const limit of limits) {
      const key = keyOf(limit, ask);
      if (key === undefined) continue;
      const subject = subjectOf(limit);
      if (limit.maxConcurrent !== undefined && ask.running >= limit.maxConcurrent) return refuse(`${limit.maxConcurrent} calls of ${subject} are running already. Wait for one to end.`);
      if (limit.callsPerMinute) {
        const bucket = this.bucket(key, limit.callsPerMinute, ask.monotonicMs);
        if (bucket.tokens < 1) return refuse(`${subject} may be called ${limit.callsPerMinute.rate} times a minute, and that is used up. The next is possible in ${Math.ceil((1 - bucket.tokens) * 60 / limit.callsPerMinute.rate)} s.`);
        takes.push(() => { bucket.tokens -= 1; });
      }
      if (limit.callsPerSession !== undefined) {
        if (this.use(key, 'all').calls >= limit.callsPerSession) return refuse(`This session may call ${subject} ${limit.callsPerSession} times, and has.`);
        reservations.push({ key, window: 'all', calls: 1, costE4: 0 });
      }
      if (!limit.costPerSession && !limit.costPerDay) continue;
      const costs = [[limit.costPerSession, 'all', 'this session'], [limit.costPerDay, dayOf(ask.now), 'today']] as const;
      for (const [ceiling, window, when] of costs) {
        if (!ceiling) continue;
        if (ask.costE4 > 0 && ceiling.currency !== ask.currency) return refuse(`The limit of ${subject} is in ${ceiling.currency} and this call costs ${ask.currency}; it cannot be compared.`);
        const used = this.use(key, window).costE4;
        if (used + ask.costE4 > toE4(ceiling)) return refuse(`${subject} may cost ${ceiling.amount} ${ceiling.currency} ${when}; ${fromE4(used)} are used and this would add ${fromE4(ask.costE4)}.`);
        // What costs nothing takes nothing: no row is written for it.
        if (ask.costE4 > 0) reservations.push({ key, window, calls: 0, costE4: ask.costE4 });
      }
    }
    return { ok: true, reservations, commit: () => { takes.forEach((take) => take()); this.add(reservations, 1); } };
  }

  /** What an agent's actions have cost on this day (UTC), in ten-thousandths, as far as this gateway knows. */
  dayCost(agentId: string, now: Date): number { return this.days.get(dayKey(agentId, now)) ?? 0; }

  /** Whether this gateway has read what the agent spent today; from then on it counts by itself. */
  knowsDayCost(agentId: string, now: Date): boolean { return this.days.has(dayKey(agentId, now)); }

  addDayCost(agentId: string, now: Date, costE4: number): void {
    if (costE4 !== 0) this.days.set(dayKey(agentId, now), this.dayCost(agentId, now) + costE4);
  }

  setDayCost(agentId: string, now: Date, costE4: number): void { this.days.set(dayKey(agentId, now), costE4); }

  /** Gives back what an ask had set aside. */
  refund(reservations: readonly Reservation[]): void { this.add(reservations, -1); }

  /** Drops what belongs to a session that has ended. */
  forgetSession(sessionId: string): void {
    for (const map of [this.uses, this.buckets]) for (const key of map.keys()) if (key.startsWith(`session:${sessionId}`)) map.delete(key);
  }

  private add(reservations: readonly Reservation[], sign: 1 | -1): void {
    for (const { key, window, calls, costE4 } of reservations) {
      const use = this.use(key, window);
      use.calls += sign * calls;
      use.costE4 += sign * costE4;
    }
  }

  private use(key: string, window: string): Use {
    const name = `${key}|${window}`;
    let use = this.uses.get(name);
    if (!use) this.uses.set(name, (use = { calls: 0, costE4: 0 }));
    return use;
  }

  private bucket(key: string, { rate, burst }: { rate: number; burst: number }, nowMs: number): Bucket {
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = { tokens: burst, at: nowMs }));
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.at) * rate) / 60_000);
    bucket.at = nowMs;
    return bucket;
  }
}

const dayKey = (agentId: string, now: Date) => `${agentId}|${dayOf(now)}`;

const DAY_MS = 86_400_000;
let lastDay = { number: Number.NaN, text: '' };
/** The day in UTC, written once a day: every decision asks for it several times. */
function dayOf(now: Date): string {
  const number = Math.floor(now.getTime() / DAY_MS);
  if (number !== lastDay.number) lastDay = { number, text: now.toISOString().slice(0, 10) };
  return lastDay.text;
}

const refuse = (reason: string): BudgetAnswer => ({ ok: false, reason });

function keyOf(limit: Limit, ask: BudgetAsk): string | undefined {
  switch (limit.on.per) {
    case 'session': return `session:${ask.sessionId}`;
    case 'agent': return `agent:${ask.agentId}`;
    case 'tool': return limit.on.name === ask.tool.name ? `session:${ask.sessionId}:tool:${limit.on.name}` : undefined;
    case 'class': return ask.tool.classes.includes(limit.on.name) ? `session:${ask.sessionId}:class:${limit.on.name}` : undefined;
  }
}

function subjectOf(limit: Limit): string {
  switch (limit.on.per) {
    case 'session': return 'tools in one session';
    case 'agent': return 'tools by this agent';
    case 'tool': return limit.on.name;
    case 'class': return `tools of class ${limit.on.name}`;
  }
}
