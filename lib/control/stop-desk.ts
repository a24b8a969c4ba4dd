import { admitStopKey, keepStopNonce, nonceExpiry, usedNonce, type UsedNonce } from '@/lib/access';
import { makeContext, type Context } from '@/lib/context';
import { isDatabaseAway, sql } from '@/lib/db';
import { env } from '@/lib/env';
import { DomainError, forbidden, unavailable } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { signOrder, type Signer } from '@/lib/signing';
import { adoptOrder, authoriseEngage, coverOf, engageByStopKey, engageSwitch, engageTold, holdOf, orderOf, requireStopToHold, sameCover, signSwitch, switchHit, type ControlKeys, type NewOrder, type StandingOrder } from '@/lib/switches';
import { engageInputSchema, signedStopSchema, type EngageInput, type OrderView, type SignedStop, type StoppedByKey, type SwitchKind } from '@/lib/switches/schema';
import { InHand } from './in-hand';
import type { Journal, JournalEntry } from './journal';
import type { StopKeyCache } from './stop-key-cache';

/** How long the database may take to accept a stop before the journal takes it instead (milliseconds). */
const DATABASE_PATIENCE_MS = 1_500;
/** How long a signature may take before the stop is engaged without it (milliseconds). */
const KEY_PATIENCE_MS = 100;
/** How long the journal's disk may take before the database is asked first (milliseconds). */
const JOURNAL_PATIENCE_MS = 250;
/** Pressing again within this time holds for no longer (milliseconds). */
const SAME_PRESS_MS = 5_000;

/** What `POST /v1/switches/engage` answers. */
export type Engaged = {
  order: { id: string; scope: string; target: string | null; environment: string | null; issuedAt: string };
  orderJws: string;
  durability: 'database' | 'journal';
  matched: { sessions: number; instances: number } | null;
  cancelledApprovals: number | null;
  /** Until when new sessions of the agent are held with it, where that was asked for and the agent is known. */
  holdUntil?: string;
};

type Stopper = JournalEntry['actor'];

export type StopDeskOptions = {
  journal: Journal; stopKeys: StopKeyCache; key(): Signer; keys: ControlKeys;
  onEngaged(): void; onTrouble(error: unknown): void;
  /** Hears of each order the instant it is signed and on disk. */
  onSigned(order: StandingOrder & { orderJws: string }): void;
  /** What stands, as far as control has read. */
  standing(): readonly StandingOrder[];
};

/** Takes stops. With the database or without it, one is answered only once it is signed and on disk. */
export class StopDesk {
  /** What the database would not take, by name; each is told once. */
  private readonly refused = new Set<string>();
  private readonly inHand = new InHand();

  constructor(private readonly options: StopDeskOptions) {}

  async engage(ctx: Context, input: unknown, kind: SwitchKind): Promise<Engaged> {
    const parsed = parseInput(engageInputSchema, input);
    requireStopToHold(parsed, kind);
    const wanted: EngageInput = { ...parsed, ...authoriseEngage(ctx, parsed, env().environment) };
    const id = newId();
    const reach = within(switchHit({ scope: wanted.scope, target: wanted.target, environment: wanted.environment })).catch(() => null);
    const given = await this.signedAhead(ctx, wanted, kind, id);
    const told = await this.tellFirst(ctx, wanted, kind, given);
    let view: OrderView;
    try {
      view = await within(told ? engageTold(ctx, wanted, kind, given) : engageSwitch(ctx, wanted, kind, given));
    } catch (error) {
      // Nobody has heard of it, so the answer is all there is to it; what was told stands, and is handed over later.
      if (error instanceof DomainError && !told) throw error;
      this.options.onTrouble(error);
      // Whose deployment it is cannot be asked now, and a drill can wait.
      if (wanted.drill) throw unavailable('The database is away, and a drill needs it. A real stop is taken: leave "drill" out.', 1_000, error);
      return told ? fromJournal(told) : this.engageInJournal(ctx, wanted, kind, id);
    } finally {
      if (told) this.inHand.over(told.id);
      this.options.onEngaged();
    }
    if (told) this.options.journal.replayed(told.id).catch(this.options.onTrouble);
    // What stood already may carry a signature that does not hold; only the one just made is known to.
    const orderJws = view.id === id && view.orderJws !== null ? view.orderJws : await this.signed(view);
    if (!told) this.options.onSigned({ ...view, engagedAt: view.issuedAt, orderJws });
    const hit = view.id === id || view.matched === null ? await reach : view.matched;
    return answer({ ...view, orderJws }, 'database', hit ? { sessions: hit.sessions, instances: hit.instances } : null, hit ? hit.approvals : null);
  }

  /**
   * On disk and told to gateways and supervisors before the database is asked: a busy one would only keep them waiting. Not a drill, whose
   * target must be looked up; nor where one like it stands as far as control knows, for that one answers; nor without a signature.
   */
  private async tellFirst(ctx: Context, input: EngageInput, kind: SwitchKind, given: NewOrder): Promise<JournalEntry | undefined> {
    const actor = mayStop(ctx);
    if (!given.signed || !actor || input.drill) return undefined;
    const entry: JournalEntry = { id: given.id, kind, ...input, actor, issuedAt: given.issuedAt.toISOString(), orderJws: given.signed.orderJws };
    const order = standingOf(entry);
    // One like it is being entered: it answers for this one as soon as it is.
    for (let like = this.inHand.like(order); like; like = this.inHand.like(order)) await like;
    if (this.inHand.toldLately(order) || [...this.options.standing(), ...this.options.journal.pending().map(standingOf)].some((one) => !one.drill && sameCover(one, order))) return undefined;
    this.inHand.take(order);
    try {
      await within(this.options.journal.engaged(entry), 'the journal', JOURNAL_PATIENCE_MS);
    } catch (error) {
      this.inHand.over(entry.id, false);
      this.options.onTrouble(error);
      return undefined;
    }
    this.options.onSigned(order);
    return entry;
  }

  /** How many orders wait for the database; what is being handed to it this moment does not wait. */
  waiting(): number { return this.options.journal.pending().filter((entry) => !this.inHand.has(entry.id)).length; }

  /** Takes a stop that a browser's own key signed. Without the database, what control keeps of the keys says whether it may. */
  async engageByKey(ctx: Context, body: unknown): Promise<StoppedByKey> {
    const signed = parseInput(signedStopSchema, body);
    const used: UsedNonce = { keyId: signed.keyId, nonce: signed.nonce, expiresAt: nonceExpiry(signed.ts) };
    const id = newId();
    try {
      const stopped = await within(engageByStopKey(ctx, signed, id));
      this.options.stopKeys.spend(used);
      this.options.onEngaged();
      return stopped;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      this.options.onTrouble(error);
    }
    return this.journalByKey(ctx, signed, used, id);
  }

  /**
   * Hands the database what was engaged while it was away. Returns how many; throws while it still is away. What it will not take
   * stays in the journal and is said once: it must not keep control from signing all else.
   */
  async replay(now = new Date()): Promise<number> {
    let replayed = 0;
    for (const entry of this.options.journal.pending()) {
      // Its own press is handing it over at this moment.
      if (this.inHand.has(entry.id)) continue;
      const { id, kind, actor, issuedAt, orderJws, laterHold, ...input } = entry;
      const given = { id, issuedAt: new Date(issuedAt), orderJws, ...(laterHold && { laterHold: { ctx: makeContext(laterHold.actor), minutes: laterHold.minutes, at: new Date(laterHold.at) } }) };
      if (!(await this.taken(id, () => adoptOrder(makeContext(actor), input, kind, given)))) continue;
      await this.options.journal.replayed(id);
      replayed++;
    }
    const nonces = [...this.options.journal.usedNonces()];
    const done: UsedNonce[] = [];
    // A number whose time is over refuses by itself; there is nothing to keep.
    for (const used of nonces) if (Date.parse(used.expiresAt) <= now.getTime() || (await this.taken(`${used.keyId} ${used.nonce}`, () => keepStopNonce(sql, used)))) done.push(used);
    if (done.length > 0) await this.options.journal.noncesReplayed(done);
    return replayed;
  }

  private async taken(what: string, hand: () => Promise<unknown>): Promise<boolean> {
    try {
      await hand();
      return true;
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      if (!this.refused.has(what)) this.options.onTrouble(error);
      this.refused.add(what);
      return false;
    }
  }

  private async journalByKey(ctx: Context, { signature, ...claim }: SignedStop, used: UsedNonce, id: string): Promise<StoppedByKey> {
    const actor = admitStopKey(this.options.stopKeys.get(claim.keyId), claim, signature, ctx.now());
    const cover = authoriseEngage({ actor }, coverOf(claim), env().environment);
    if (!this.options.stopKeys.spend(used)) throw usedNonce();
    await this.options.journal.nonceUsed(used);
    const { order } = await this.engageInJournal({ ...ctx, actor }, { ...cover, ...holdOf(claim) }, 'stop', id);
    return { order: { id: order.id, scope: cover.scope }, standing: order.id !== id, durability: 'journal' };
  }

  private async engageInJournal(ctx: Context, input: EngageInput, kind: SwitchKind, id: string): Promise<Engaged> {
    const actor = stopperOf(ctx);
    // Only what the journal itself holds answers for this one: a standing order may be about to be released, which can't be seen now.
    const pending = this.options.journal.pending().find((entry) => entry.kind === kind && entry.scope === input.scope && entry.target === input.target && entry.environment === input.environment);
    if (pending) return fromJournal(await this.holdLonger(pending, input.holdMinutes, actor, ctx.now()));
    const issuedAt = ctx.now().toISOString();
    const orderJws = await signOrder(this.options.key(), orderOf({ id, kind, ...standsFor(input), engagedAt: issuedAt }));
    const entry: JournalEntry = { id, kind, ...input, actor, issuedAt, orderJws };
    await this.options.journal.engaged(entry);
    this.options.onSigned(standingOf(entry));
    this.options.onEngaged();
    return fromJournal(entry);
  }

  /** What stands in the journal holds what is new as well, where it was pressed again with that and does not hold for so long yet. */
  private async holdLonger(entry: JournalEntry, minutes: number | undefined, actor: Stopper, now: Date): Promise<JournalEntry> {
    if (minutes === undefined || (heldUntil(entry) ?? 0) >= now.getTime() + minutes * 60_000 - SAME_PRESS_MS) return entry;
    const longer: JournalEntry = { ...entry, laterHold: { minutes, at: now.toISOString(), actor } };
    await this.options.journal.engaged(longer);
    return longer;
  }

  /** Signed before the row is written, so that agents hear of it by the same notice as the gateways. A key that is away holds nothing up: it signs later. */
  private async signedAhead(ctx: Context, input: EngageInput, kind: SwitchKind, id: string): Promise<NewOrder> {
    const issuedAt = ctx.now();
    try {
      const key = this.options.key();
      const orderJws = await within(Promise.resolve(signOrder(key, orderOf({ id, kind, ...standsFor(input), engagedAt: issuedAt.toISOString() }))), 'the key', KEY_PATIENCE_MS);
      return { id, issuedAt, signed: { orderJws, kid: key.kid } };
    } catch (error) {
      this.options.onTrouble(error);
      return { id, issuedAt };
    }
  }

  private async signed(view: OrderView): Promise<string> {
    try {
      const orderJws = await within(signSwitch(makeContext({ kind: 'system', process: 'control' }), view.id, this.options.key(), this.options.keys));
      if (orderJws) return orderJws;
    } catch (error) {
      this.options.onTrouble(error);
    }
    // The row stands and counts; the same signature is written to it as soon as the database answers.
    return await signOrder(this.options.key(), orderOf({ ...view, engagedAt: view.issuedAt }));
  }
}

/** What the order's row will say, for what control signs before there is one. */
const standsFor = (input: EngageInput) => ({ scope: input.scope, target: input.target ?? null, environment: input.environment ?? null, reason: input.reason ?? null, drill: input.drill ?? false });

/** Who may stop without the database, as the journal keeps them. */
function mayStop({ actor }: Context): Stopper | undefined {
  if (actor.kind === 'control_key' || actor.kind === 'host') return actor;
  if (actor.kind === 'person' && actor.via === 'stop_key') return { kind: 'person', id: actor.id, name: actor.name, email: '', roles: actor.roles, via: 'stop_key' };
  return undefined;
}

function stopperOf(ctx: Context): Stopper {
  const actor = mayStop(ctx);
  if (!actor) throw forbidden('While the database is away, only a control key, a stop key or the host stops here.');
  return actor;
}

/** What the journal holds, as a row would say it. */
export const standingOf = (entry: JournalEntry): StandingOrder & { orderJws: string } => ({
  id: entry.id, kind: entry.kind, scope: entry.scope, target: entry.target ?? null, environment: entry.environment ?? null,
  generation: 0, reason: entry.reason ?? null, drill: entry.drill ?? false, engagedAt: entry.issuedAt, orderJws: entry.orderJws,
});

type Answered = { id: string; scope: string; target: string | null; environment: string | null; issuedAt: string; orderJws: string; holdUntil?: string };

const answer = (order: Answered, durability: Engaged['durability'], matched: Engaged['matched'], cancelledApprovals: number | null): Engaged => ({
  order: { id: order.id, scope: order.scope, target: order.target, environment: order.environment, issuedAt: order.issuedAt }, orderJws: order.orderJws, durability, matched, cancelledApprovals,
  ...(order.holdUntil === undefined ? {} : { holdUntil: order.holdUntil }),
});

const fromJournal = (entry: JournalEntry) => {
  const until = heldUntil(entry);
  return answer({ ...entry, target: entry.target ?? null, environment: entry.environment ?? null, ...(until === undefined ? {} : { holdUntil: new Date(until).toISOString() }) }, 'journal', null, null);
};

function heldUntil({ issuedAt, holdMinutes, laterHold }: JournalEntry): number | undefined {
  const ends = [...(holdMinutes === undefined ? [] : [Date.parse(issuedAt) + holdMinutes * 60_000]), ...(laterHold ? [Date.parse(laterHold.at) + laterHold.minutes * 60_000] : [])];
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** The work's answer, or an error when it takes longer than a stop may wait; the work itself goes on. */
async function within<T>(work: Promise<T>, who = 'the database', patienceMs = DATABASE_PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => reject(new Error(`${who} took longer than ${patienceMs} ms`)), patienceMs); });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
