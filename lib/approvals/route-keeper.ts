import { loadActors, may } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql, sqlTransaction, type Channel, type Sql } from '@/lib/db';
import { record, sessionEvent, type NewEvent } from '@/lib/log';
import type { Signature } from '@/lib/quorum';
import { lockApproval, tellApproval, type LockedApproval } from './internal';
import { judgeRoute, type Judged } from './meetable';
import { ownApproval } from './rules';
import { askedRouteSchema } from './schema';
import { signatureOf, type Person } from './signatures';
import { escalateAt, takeUp } from './take-up';
import { tiersReached } from './tiers';

const SECOND = 1_000;
/** A busy log sends hundreds of notices a second; so often what is new is looked at (milliseconds). */
const REST_MS = 100;
const PAGE = 500;
/** Who wrote its arguments anew, and so agrees to them no more; over `approval p`. */
const AUTHORS = `ARRAY(SELECT DISTINCT c.person_id::text FROM approval_change c WHERE c.approval_id IN (p.id, p.asks_again) AND c.kind = 'replacement' ORDER BY 1)`;
const open = `p.state IN ('pending', 'partially_approved') AND p.decide_by > clock_timestamp()`;

type Waiting = Pick<LockedApproval, 'id' | 'requestedAt' | 'decideBy' | 'tier' | 'route' | 'principalType' | 'principalId' | 'principalVerified' | 'ownerId'> & { unmet: string | null; judged: boolean; authors: readonly string[] };
type Page = { waiting: Waiting[]; /** The id after which the next page begins; null after the last. */ next: string | null };
/** One that can be met; `first`: by those who were asked first. */
type Fine = Waiting & { first: boolean };

/**
 * The worker's job that takes questions up their tiers when it is time, and holds each new one against the people there are: here and not in the
 * gate, whose answer waits for none of it. When people change (or who is on call), all that waits is held against them again.
 */
export class RouteKeeper {
  readonly name = 'take questions up';
  #rested = 0;
  #people: { at: number; list: Person[]; print: string } | undefined;
  #judgedWith: string | undefined;

  constructor(private readonly ctx: Context, private readonly clock: () => number = () => performance.now()) {}

  async run(): Promise<number> {
    const rest = this.#rested + REST_MS - this.clock();
    if (rest > 0) return rest;
    try {
      const people = await this.#everybody();
      // One that cannot be taken up must not keep the others down; it is told of afterwards.
      const failures: unknown[] = [];
      const everyone = people.print !== this.#judgedWith;
      const skipped = await this.#judgeAll(people.list, everyone, failures);
      await this.#takeUpDue(people.list, failures);
      if (failures.length > 0) throw failures[0];
      // Where they changed in the middle, some were held against those before and some against those after: all are, once more.
      this.#judgedWith = this.#people?.print === people.print ? people.print : undefined;
      return skipped ? REST_MS : Math.min((await nextEscalationMs()) ?? SECOND, SECOND);
    } finally {
      this.#rested = this.clock();
    }
  }

  wakes(channel: Channel): boolean {
    return channel === 'cs_log' || channel === 'cs_approval';
  }

  /** Everybody who may decide, as of `since` at the earliest; as of a second ago where that is not said. */
  async #everybody(since = this.clock() - SECOND) {
    if (this.#people && this.#people.at >= since) return this.#people;
    const at = this.clock();
    const list = (await loadActors(this.ctx.now())).filter((person) => may(person, 'approval.decide'));
    this.#people = { at, list, print: JSON.stringify(list) };
    return this.#people;
  }

  /** What is new, or all that waits. Returns whether some was left because somebody else had it locked. */
  async #judgeAll(known: readonly Person[], everyone: boolean, failures: unknown[]): Promise<boolean> {
    let skipped = false;
    let people = known;
    for (let after: string | null = null; ;) {
      const page: Page = await readWaiting(sql, everyone, after);
      const readAt = this.clock();
      let judging = new Judging(people);
      const fine: Fine[] = [];
      for (const one of page.waiting) {
        let judged = judging.judge(one, this.ctx.now());
        if (judged.kind === 'unmet') {
          // Somebody may have come meanwhile.
          people = (await this.#everybody(readAt)).list;
          judging = judging.by(people);
          judged = judging.judge(one, this.ctx.now());
        }
        const due = tiersReached(one, this.ctx.now()) > one.tier;
        if (due || (judged.kind === 'unmet' && (one.unmet === null || judged.to !== null || !one.judged))) await this.#settle(one.id, people).catch((error: unknown) => failures.push(error));
        else if (judged.kind === 'met' && (!one.judged || (judged.first && one.unmet !== null))) fine.push({ ...one, first: judged.first });
      }
      if (fine.length > 0) skipped = (await noteMet(fine, this.ctx.now())) < fine.length || skipped;
      if (page.next === null) return skipped;
      after = page.next;
    }
  }

  async #takeUpDue(people: readonly Person[], failures: unknown[]): Promise<void> {
    const due = await sql.rows<{ id: string }>(`SELECT p.id FROM approval p WHERE ${open} AND p.escalate_at <= clock_timestamp() ORDER BY p.escalate_at, p.id LIMIT ${PAGE}`);
    for (const { id } of due) await this.#settle(id, people).catch((error: unknown) => failures.push(error));
  }

  /** Brings one to where it belongs, whoever else tries: up the tiers whose time has come, and beyond those that nobody can meet. */
  #settle(id: string, people: readonly Person[]): Promise<void> {
    return sqlTransaction(async (tx) => {
      const approval = await lockApproval(tx, id);
      if (!approval || (approval.state !== 'pending' && approval.state !== 'partially_approved') || approval.decideBy <= approval.now) return;
      const [row] = await tx.rows<Pick<Waiting, 'unmet' | 'authors'>>(`SELECT p.unmet, ${AUTHORS} AS authors FROM approval p WHERE p.id = $1`, [id]);
      const events: NewEvent[] = [];
      let at = approval;
      const up = async (to: number, why: 'time' | 'unmet') => {
        events.push(await takeUp(tx, at, to, why));
        at = { ...at, tier: to };
      };
      for (const reached = tiersReached(at, at.now); at.tier < reached;) await up(at.tier + 1, 'time');
      const judged = new Judging(people).judge({ ...at, authors: row?.authors ?? [] }, at.now);
      let unmet = row?.unmet ?? null;
      if (judged.kind === 'unmet' && (unmet === null || judged.to !== null)) {
        events.push(unmetEvent(at, judged.what, judged.to));
        unmet = judged.what;
        if (judged.to !== null) await up(judged.to, 'unmet');
      }
      if (judged.kind === 'met' && judged.first) unmet = null;
      await tx.rows('UPDATE approval SET unmet = $2, route_judged_at = $3, escalate_at = $4 WHERE id = $1', [id, unmet, at.now, escalateAt(at, at.now)]);
      if (events.length === 0 && unmet === (row?.unmet ?? null)) return;
      await record(tx, this.ctx, events);
      await tellApproval(tx, approval);
    });
  }
}

/** Judges many by the same people; questions that are alike are judged once. */
class Judging {
  readonly #known = new Map<string, Judged>();
  /** Whether it matters when a question was asked: rights that are newer than it do not count for it. */
  readonly #byTime: boolean;
  constructor(private readonly people: readonly Person[]) {
    this.#byTime = people.some((person) => (person.recent ?? []).length > 0 || (person.onCall ?? []).some((call) => call.bySelf));
  }

  /** This one where the people are the same. */
  by(people: readonly Person[]): Judging {
    return people === this.people ? this : new Judging(people);
  }

  judge(asked: Omit<Waiting, 'id' | 'unmet' | 'judged' | 'decideBy'>, now: Date): Judged {
    const { route, tier, principalType, principalId, principalVerified, ownerId, authors } = asked;
    const key = JSON.stringify([route.groups, route.escalation, route.ownerCounts, tiersReached(asked, now), tier, principalType, principalId, principalVerified, ownerId, authors, this.#byTime ? asked.requestedAt : 0]);
    const known = this.#known.get(key);
    if (known) return known;
    const signers = this.people.flatMap((person): Signature[] => (ownApproval(person, asked, route) === null && !authors.includes(person.id) ? [signatureOf(person, asked.requestedAt, now)] : []));
    const judged = judgeRoute(asked, signers, now);
    this.#known.set(key, judged);
    return judged;
  }
}

const unmetEvent = ({ id, actionId, sessionId, agentId, route }: LockedApproval, what: string, to: number | null): NewEvent => sessionEvent(sessionId, 'approval.route_unmet', {
  approvalId: id, actionId, routes: route.routes, what, escalatedTo: to, findings: [{ detector: 'routes', kind: 'route_unmet', severity: 'high' }],
}, { agentId });

async function readWaiting(db: Sql, everyone: boolean, after: string | null): Promise<Page> {
  const rows = await db.rows<Omit<Waiting, 'route'> & { route: unknown }>(
    `SELECT p.id, p.requested_at AS "requestedAt", p.decide_by AS "decideBy", p.tier, p.route, p.unmet, p.route_judged_at IS NOT NULL AS judged, ${AUTHORS} AS authors, s.principal_type AS "principalType", s.principal_id AS "principalId", s.principal_verified AS "principalVerified", a.owner_id AS "ownerId"
     FROM approval p JOIN session s ON s.id = p.session_id JOIN agent a ON a.id = p.agent_id
     WHERE ${open} AND ${everyone ? 'true' : 'p.route_judged_at IS NULL'} AND ($1::uuid IS NULL OR p.id > $1) ORDER BY p.id LIMIT ${PAGE}`, [after],
  );
  // One whose route cannot be read is nobody's to decide, and ends by its time.
  const waiting = rows.flatMap((row) => {
    const route = askedRouteSchema.safeParse(row.route);
    return route.success ? [{ ...row, route: route.data }] : [];
  });
  return { waiting, next: rows.length < PAGE ? null : rows.at(-1)!.id };
}

/** Writes down of many at once that they can be met. Leaves those that somebody has locked or taken up meanwhile; returns how many it wrote. */
async function noteMet(fine: readonly Fine[], now: Date): Promise<number> {
  const rows = await sql.rows<{ id: string }>(
    `UPDATE approval p SET route_judged_at = clock_timestamp(), escalate_at = j.escalate_at, unmet = CASE WHEN j.first THEN NULL ELSE p.unmet END
     FROM json_to_recordset($1::json) AS j(id uuid, tier int, first boolean, escalate_at timestamptz),
       (SELECT id FROM approval WHERE id = ANY($2::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED) AS held
     WHERE p.id = j.id AND p.id = held.id AND p.tier = j.tier RETURNING p.id`,
    [JSON.stringify(fine.map((one) => ({ id: one.id, tier: one.tier, first: one.first, escalate_at: escalateAt(one, now)?.toISOString() ?? null }))), fine.map((one) => one.id)],
  );
  return rows.length;
}

/** Milliseconds until the next question goes up by the clock; null when none will. */
async function nextEscalationMs(): Promise<number | null> {
  const [row] = await sql.rows<{ ms: number | null }>(`SELECT extract(epoch FROM min(p.escalate_at) - clock_timestamp())::float * 1000 AS ms FROM approval p WHERE ${open}`);
  return row?.ms ?? null;
}
