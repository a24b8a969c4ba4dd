import type { Sql } from '@/lib/db';
import type { Limit } from '@/lib/policies/schema';
import { Breakers } from './breakers';
import { agentKey, dayOf, isShared, limitKey, limitSubject, type Caller } from './limit-keys';
import { fromE4, toE4 } from './money';
import type { SharedUse } from './shared-budgets';
import type { ToolUsage } from './tool-usage';

/**
 * What a decision sets aside of a limit; given back when the ask is denied or expires. Cost in ten-thousandths of a currency unit. One of a
 * shared limit names its ceiling, under which it is taken in Postgres.
 */
export type Reservation = { key: string; window: string; calls: number; costE4: number; ceiling?: { calls?: number; costE4?: number } };
type Use = { calls: number; costE4: number };
type Bucket = { tokens: number; at: number };
/** Takes a place, and returns what gives it back. */
type Take = () => () => void;

export type BudgetAsk = Caller & { costE4: number; currency: string; /** As the agent says; it can only raise. */ rows: number; now: Date; monotonicMs: number; usage: ToolUsage };
export type BudgetAnswer = { ok: true; reservations: Reservation[]; /** Takes what was set aside, and returns what gives it back should nothing come of the call. */ commit: () => () => void } | { ok: false; reason: string };

/** Uses and buckets of shared limits that this gateway remembers; with more the oldest are read again from Postgres when they are needed. */
const MOST_SHARED = 50_000;
const MOST_REFRESHED = 5_000;

/**
 * What the limits have used, as far as this gateway knows. Within a session it knows all; of what is shared it knows what Postgres said
 * last, refuses by that, and takes its place there before anything is decided (shared-budgets.ts).
 */
export class Budgets {
  private readonly uses = new Map<string, Use>();
  private readonly buckets = new Map<string, Bucket>();
  private readonly breakers = new Breakers();

  /** Reads what was used before, for keys that this gateway has not met yet. Call when a session is attached. */
  async load(sql: Sql, keyPrefixes: readonly string[]): Promise<void> {
    const rows = await sql.rows<{ key: string; window: string; calls: number; cost: string }>(
      `SELECT key, "window", calls, cost::text FROM budget_use WHERE key = ANY($1::text[]) OR key LIKE ANY($2::text[])`,
      [keyPrefixes, keyPrefixes.map((prefix) => `${prefix}:%`)],
    );
    this.learn(rows.map((row) => ({ ...row, costE4: Math.round(Number(row.cost) * 10_000) })));
  }

  /** What Postgres says is used of shared limits, all gateways together. */
  learn(uses: readonly SharedUse[]): void {
    for (const { key, window, calls, costE4 } of uses) this.uses.set(nameOf(key, window), { calls, costE4 });
  }

  /** The shared limits that others may have used meanwhile: of these agents, and the latest of what is shared by more than one. */
  sharedKeys(agentIds: ReadonlySet<string>): string[] {
    const keys = new Set<string>();
    for (const name of this.uses.keys()) {
      const key = name.slice(0, name.lastIndexOf('|'));
      if (isShared(key) && (!key.startsWith('agent:') || agentIds.has(key.split(':', 2)[1]!))) keys.add(key);
    }
    return [...keys].slice(-MOST_REFRESHED);
  }

  /** Holds a call against every limit that covers it. Nothing is taken before `commit`. */
  check(limits: readonly Limit[], ask: BudgetAsk): BudgetAnswer {
    const reservations: Reservation[] = [];
    const takes: Take[] = [];
    for (const limit of limits) {
      const key = limitKey(limit, ask);
      if (key === undefined) continue;
      const refusal = this.overTheSession(limit, ask) ?? this.tooFast(limit, key, ask, takes) ?? this.broken(limit, ask, takes) ?? this.usedUp(limit, key, ask, reservations);
      if (refusal !== undefined) return { ok: false, reason: refusal };
    }
    // Whatever has a cost counts for its agent's day, also where no limit asks: rules may.
    const day = { key: agentKey(ask.agentId), window: dayOf(ask.now) };
    if (ask.costE4 > 0 && !reservations.some((one) => one.key === day.key && one.window === day.window)) reservations.push({ ...day, calls: 0, costE4: ask.costE4 });
    const all = merged(reservations);
    const commit = () => {
      const backs = takes.map((take) => take());
      this.add(all.filter((one) => !isShared(one.key)), 1);
      return () => { backs.forEach((back) => back()); this.refund(all); };
    };
    return { ok: true, reservations: all, commit };
  }

  /** A call of a tool has ended; limits with a breaker count its failures. */
  ended(limits: readonly Limit[], caller: Omit<Caller, 'sessionId' | 'principalId'>, ok: boolean, monotonicMs: number): void {
    for (const limit of limits) if (limit.breaker && limitKey(limit, { ...caller, sessionId: '', principalId: '' }) !== undefined) this.breakers.ended(breakerKey(caller, limit), limit.breaker, ok, monotonicMs);
  }

  /** What an agent's actions have cost on this day (UTC), in ten-thousandths, by what Postgres said last. */
  dayCost(agentId: string, now: Date): number { return this.uses.get(nameOf(agentKey(agentId), dayOf(now)))?.costE4 ?? 0; }

  /** Gives back what a session's ask had set aside. What is shared was given back in Postgres, and is heard from there. */
  refund(reservations: readonly Reservation[]): void { this.add(reservations.filter((one) => !isShared(one.key)), -1); }

  /** Drops what belongs to a session that has ended. */
  forgetSession(sessionId: string): void {
    for (const map of [this.uses, this.buckets]) for (const key of map.keys()) if (key.startsWith(`session:${sessionId}`)) map.delete(key);
  }

  /** Drops what was used on days that are over, and the oldest of what is too much to remember. */
  forgetOld(now: Date): void {
    const today = dayOf(now);
    for (const name of this.uses.keys()) {
      const window = name.slice(name.lastIndexOf('|') + 1);
      if (window !== 'all' && window < today) this.uses.delete(name);
    }
    for (const map of [this.uses, this.buckets]) {
      let over = [...map.keys()].filter(isShared).length - MOST_SHARED;
      for (const key of map.keys()) if (over > 0 && isShared(key)) { map.delete(key); over -= 1; }
    }
  }

  private overTheSession(limit: Limit, ask: BudgetAsk): string | undefined {
    if (limit.maxConcurrent === undefined && limit.rowsPerSession === undefined && limit.durationPerSessionMs === undefined) return undefined;
    const used = ask.usage.within(limit);
    const subject = limitSubject(limit);
    if (limit.maxConcurrent !== undefined && used.running >= limit.maxConcurrent) return `${limit.maxConcurrent} calls of ${subject} are running already. Wait for one to end.`;
    if (limit.rowsPerSession !== undefined && (used.rows >= limit.rowsPerSession || used.rows + ask.rows > limit.rowsPerSession)) return `This session may read ${limit.rowsPerSession} records by ${subject}; it has read ${used.rows}${ask.rows > 0 ? ` and this would add ${ask.rows}` : ''}.`;
    if (limit.durationPerSessionMs !== undefined && used.durationMs >= limit.durationPerSessionMs) return `${subject} may run for ${Math.round(limit.durationPerSessionMs / 1_000)} s in this session, and that is used up.`;
    return undefined;
  }

  private tooFast(limit: Limit, key: string, ask: BudgetAsk, takes: Take[]): string | undefined {
    if (!limit.callsPerMinute) return undefined;
    const bucket = this.bucket(key, limit.callsPerMinute, ask.monotonicMs);
    if (bucket.tokens < 1) return `${limitSubject(limit)} may be called ${limit.callsPerMinute.rate} times a minute, and that is used up. The next is possible in ${Math.ceil((1 - bucket.tokens) * 60 / limit.callsPerMinute.rate)} s.`;
    const { burst } = limit.callsPerMinute;
    takes.push(() => { bucket.tokens -= 1; return () => { bucket.tokens = Math.min(burst, bucket.tokens + 1); }; });
    return undefined;
  }

  private broken(limit: Limit, ask: BudgetAsk, takes: Take[]): string | undefined {
    if (!limit.breaker) return undefined;
    const key = breakerKey(ask, limit);
    const wait = this.breakers.waitMs(key, limit.breaker, ask.monotonicMs);
    if (wait > 0) return `${ask.tool.name} has failed ${limit.breaker.failures} times within ${Math.round(limit.breaker.withinMs / 1_000)} s, so it is left alone for now. The next try is possible in ${Math.ceil(wait / 1_000)} s.`;
    takes.push(() => this.breakers.tried(key, ask.monotonicMs));
    return undefined;
  }

  private usedUp(limit: Limit, key: string, ask: BudgetAsk, reservations: Reservation[]): string | undefined {
    const subject = limitSubject(limit);
    for (const [most, window, when] of [[limit.callsPerSession, 'all', isShared(key) ? '' : ' in this session'], [limit.callsPerDay, dayOf(ask.now), ' a day']] as const) {
      if (most === undefined) continue;
      if (this.use(key, window).calls >= most) return `At most ${most} calls of ${subject} are allowed${when}, and they are used up.`;
      reservations.push({ key, window, calls: 1, costE4: 0, ...(isShared(key) ? { ceiling: { calls: most } } : {}) });
    }
    for (const [ceiling, window, when] of [[limit.costPerSession, 'all', 'this session'], [limit.costPerDay, dayOf(ask.now), 'today']] as const) {
      if (!ceiling) continue;
      if (ask.costE4 > 0 && ceiling.currency !== ask.currency) return `The limit of ${subject} is in ${ceiling.currency} and this call costs ${ask.currency}; it cannot be compared.`;
      const used = this.use(key, window).costE4;
      if (used + ask.costE4 > toE4(ceiling)) return `${subject} may cost ${ceiling.amount} ${ceiling.currency} ${when}; ${fromE4(used)} are used and this would add ${fromE4(ask.costE4)}.`;
      // What costs nothing takes nothing: no row is written for it.
      if (ask.costE4 > 0) reservations.push({ key, window, calls: 0, costE4: ask.costE4, ...(isShared(key) ? { ceiling: { costE4: toE4(ceiling) } } : {}) });
    }
    return undefined;
  }

  private add(reservations: readonly Reservation[], sign: 1 | -1): void {
    for (const { key, window, calls, costE4 } of reservations) {
      const use = this.use(key, window);
      use.calls += sign * calls;
      use.costE4 += sign * costE4;
    }
  }

  private use(key: string, window: string): Use {
    const name = nameOf(key, window);
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

const nameOf = (key: string, window: string) => `${key}|${window}`;
/** Each limit counts by itself: a failure that two limits look at is one for each, not two for both. */
const breakerKey = ({ agentId, tool }: Pick<Caller, 'agentId' | 'tool'>, { on }: Limit) => `${agentId} ${tool.name} ${on.per} ${'name' in on ? on.name : ''}`;

/** One a key and window, with the lowest of several ceilings: what is taken in Postgres is taken by one row. */
function merged(reservations: readonly Reservation[]): Reservation[] {
  const byName = new Map<string, Reservation>();
  for (const one of reservations) {
    const name = nameOf(one.key, one.window);
    const there = byName.get(name);
    byName.set(name, there ? joined(there, one) : one);
  }
  return [...byName.values()];
}

function joined(a: Reservation, b: Reservation): Reservation {
  const least = (x: number | undefined, y: number | undefined) => (x === undefined ? y : y === undefined ? x : Math.min(x, y));
  const calls = least(a.ceiling?.calls, b.ceiling?.calls);
  const costE4 = least(a.ceiling?.costE4, b.ceiling?.costE4);
  // Two limits over the same key and window ask for the same call and the same cost, once.
  return { key: a.key, window: a.window, calls: Math.max(a.calls, b.calls), costE4: Math.max(a.costE4, b.costE4), ...(calls === undefined && costE4 === undefined ? {} : { ceiling: { ...(calls === undefined ? {} : { calls }), ...(costE4 === undefined ? {} : { costE4 }) } }) };
}
