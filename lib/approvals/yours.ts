import { may } from '@/lib/access';
import type { Sql } from '@/lib/db';
import { enoughSigned, SIGNERS, type Signer } from './enough';
import { askedRouteSchema, type AskedRoute, type Group } from './schema';
import { holds, signatureOf, type Person } from './signatures';

/** A piece of SQL over `approval p` (joined to `agent a`, `session s` and, left, `counting c` on `of`), its parameters counted from `$first` on. `with`: the common table that it takes. */
export type Yours = { with: string; of: string; condition: string; params: unknown[] };

/**
 * Whether an approval that waits may be signed by this person, as a condition: the same as the card says of one. Routes are few however many
 * wait, so each is judged once, by the rules, and the database only compares when a question was asked: after the person got what counts,
 * and, for a tier that stands in, long enough ago that it was reached.
 */
export function yoursCondition(counting: Counting, person: Person, first: number): Yours {
  if (counting === null || counting.routes.length === 0) return { with: NOTHING_COUNTS, of: 'false', condition: 'false', params: [] };
  const [list, ids, me, enough] = [`$${first}`, `$${first + 1}`, `$${first + 2}`, `$${first + 3}`];
  return {
    with: `counting AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${list}::jsonb) AS x(key text, tier int, first timestamptz, "end" timestamptz, since timestamptz[], until timestamptz[]))`,
    of: `c.key = ${ROUTE_KEY} AND c.tier = p.tier`,
    condition: `(c.key IS NOT NULL AND ((p.requested_at >= c.first AND (c."end" IS NULL OR p.requested_at <= c."end")) OR (cardinality(c.since) > 0 AND EXISTS (SELECT 1 FROM unnest(c.since, c.until) w(since, until) WHERE p.requested_at >= w.since AND (w.until IS NULL OR p.requested_at <= w.until))))
      AND NOT (s.principal_type IS NOT DISTINCT FROM 'user' AND lower(coalesce(s.principal_id, '')) = ANY(${ids}::text[]))
      AND NOT (a.owner_id IS NOT DISTINCT FROM ${me}::uuid AND (NOT coalesce((p.route->>'ownerCounts')::boolean, false) OR (s.principal_type IS NOT DISTINCT FROM 'user' AND s.principal_id IS NOT NULL AND NOT s.principal_verified)))
      AND NOT (p.state = 'partially_approved' AND p.id <> ALL(${enough}::uuid[]) AND EXISTS (SELECT 1 FROM approval_signature g WHERE g.approval_id = p.id AND g.person_id = ${me}::uuid AND g.verdict = 'approve' AND g.digest = p.digest AND g.revision = p.revision))
      AND NOT EXISTS (SELECT 1 FROM approval_change c WHERE c.approval_id IN (p.id, p.asks_again) AND c.person_id = ${me}::uuid AND c.kind = 'replacement'))`,
    params: [JSON.stringify(counting.routes), [person.id.toLowerCase(), person.email.toLowerCase()], person.id, counting.enough],
  };
}

const NOTHING_COUNTS = 'counting AS (SELECT 1)';
/** As its index has it. */
const ROUTE_KEY = 'md5(p.route::text)';
const OPEN = `p.state IN ('pending', 'partially_approved')`;

/** For each route and tier: `first` to `end` (null: for good), what one of the windows says, and those besides it, which few have. */
type Counting = { routes: { key: string; tier: number; first: string; end: string | null; since: string[]; until: (string | null)[] }[]; /** What they signed, and as things stand now may grant by saying so once more. */ enough: string[] } | null;

/** On which of the routes that wait a person counts, and for what was asked when; null for who may not decide at all. One reading serves all that is asked of the queue at a moment. */
export async function countingRoutes(tx: Sql, person: Person, now: Date): Promise<Counting> {
  if (!may(person, 'approval.decide') || !may(person, 'approval.deny')) return null;
  // From one route to the next along their index, instead of over all that waits.
  const step = (where: string) => `(SELECT p.id, ${ROUTE_KEY} AS key, p.tier FROM approval p WHERE ${OPEN}${where} ORDER BY ${ROUTE_KEY}, p.tier LIMIT 1)`;
  const asked = await tx.rows<{ route: unknown; key: string; tier: number }>(
    `WITH RECURSIVE known AS (${step('')} UNION ALL SELECT n.* FROM known k CROSS JOIN LATERAL ${step(` AND (${ROUTE_KEY}, p.tier) > (k.key, k.tier)`)} n)
     SELECT p.route, k.key, k.tier FROM known k JOIN approval p ON p.id = k.id`,
  );
  const routes = asked.flatMap(({ route, key, tier }) => {
    const known = askedRouteSchema.safeParse(route);
    const windows = known.success ? windowsOf(person, known.data, tier, now) : [];
    // The widest says it by itself for nearly everything.
    const [widest, ...more] = windows.sort((one, other) => (other.until?.getTime() ?? Infinity) - (one.until?.getTime() ?? Infinity) || one.since.getTime() - other.since.getTime());
    return widest ? [{ key, tier, first: widest.since.toISOString(), end: widest.until?.toISOString() ?? null, since: more.map((one) => one.since.toISOString()), until: more.map((one) => one.until?.toISOString() ?? null) }] : [];
  });
  return { routes, enough: await signedEnough(tx, person, now) };
}

type SignedRow = Omit<Parameters<typeof enoughSigned>[0], 'route' | 'state'> & { id: string; route: unknown; signers: Signer[] | null };

/** Few: what this person signed, that has tiers and waits for others still. */
async function signedEnough(tx: Sql, person: Person, now: Date): Promise<string[]> {
  const rows = await tx.rows<SignedRow>(
    `SELECT p.id, p.route, p.tier, p.requested_at AS "requestedAt", ${SIGNERS} AS signers, s.principal_type AS "principalType", s.principal_id AS "principalId", s.principal_verified AS "principalVerified", a.owner_id AS "ownerId"
     FROM approval p JOIN session s ON s.id = p.session_id JOIN agent a ON a.id = p.agent_id
     WHERE p.state = 'partially_approved' AND p.decide_by > clock_timestamp() AND (p.route ? 'escalateTo' OR p.route->'escalation' <> '[]'::jsonb)
       AND EXISTS (SELECT 1 FROM approval_signature g WHERE g.approval_id = p.id AND g.person_id = $1 AND g.verdict = 'approve' AND g.digest = p.digest AND g.revision = p.revision)`, [person.id],
  );
  return rows.flatMap(({ route, ...row }) => {
    const known = askedRouteSchema.safeParse(route);
    return known.success && enoughSigned({ ...row, route: known.data, state: 'partially_approved' }, now) ? [row.id] : [];
  });
}

type Window = { since: Date; until: Date | null };

/** When something must have been asked for this person to count: by those asked first, and by each tier that was sent to or is reached by then. */
function windowsOf(person: Person, { groups, escalation }: AskedRoute, tier: number, now: Date): Window[] {
  const of = (those: readonly Group[], until: Date | null): Window[] => {
    const since = countsSince(person, those, now);
    return since ? [{ since, until }] : [];
  };
  const tiers = escalation.flatMap(({ groups: those }, index) => {
    // A later tier that is reached earlier takes those before it along.
    const afterMs = Math.min(...escalation.slice(index).map((one) => one.afterMs));
    return of(those, index < tier ? null : new Date(now.getTime() - afterMs));
  });
  return [...of(groups, null), ...tiers];
}

/** The earliest asking for which this person fits into one of the groups; undefined where they never do. More rights count the later something was asked. */
function countsSince(person: Person, groups: readonly Group[], now: Date): Date | undefined {
  // A right that was gained at a moment counts for what was asked after it, not at it; so does a call that they gave themselves.
  const gained = [...(person.recent ?? []), ...(person.onCall ?? []).filter(({ bySelf }) => bySelf)];
  const moments = [new Date(0), ...gained.map(({ since }) => new Date(since.getTime() + 1))].sort((a, b) => a.getTime() - b.getTime());
  return moments.find((since) => groups.some((group) => holds(signatureOf(person, since, now), group)));
}
