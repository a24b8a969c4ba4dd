import type { z } from 'zod';
import { sql, type Sql } from '@/lib/db';
import { parseInput } from '@/lib/parse-input';
import { stoppedApprovals } from '@/lib/switches';
import { SUMMARY_COLUMNS, toSummary, type ApprovalSummary, type SummaryRow } from './queries';
import { queueFilterSchema, queuePageSchema, type QueueFilter, type QueuePage } from './queue-schema';
import type { Person } from './signatures';
import { countingRoutes, yoursCondition } from './yours';

export type QueueRow = ApprovalSummary & { yours: boolean; group: string; shape: string | null; revision: number };
/** Requests that differ in words alone: one agent, one tool, the same rules, arguments of one shape. */
export type QueueGroup = { key: string; agentId: string; agentName: string; tool: string; rules: string[]; shape: string | null; count: number; yours: number; decideBy: string; risk: ApprovalSummary['risk']; title: string };
/** `matching`: of these as many as a filter asks for; `fresh`: of those as many as were asked since a moment. What was decided is counted as far as `MOST_COUNTED`. */
export type QueueCounts = { yours: number; others: number; matching: number; fresh: number; decided: number };

/** More groups than these are no overview. */
const MOST_GROUPS = 200;
const MOST_COUNTED = 1_000;
const GROUP = `md5(p.agent_id::text || '|' || p.tool || '|' || array_to_string(p.rule_ids, ',') || '|' || coalesce(p.shape, ''))`;

/** `from`: for whatever is said of all that waits; `stepping`: row by row in the order of an index, for whatever ends before the end. Both take `with`. */
type Base = { with: string; from: string; stepping: string; yours: string; wanted: string; params: unknown[] };

/** What a subquery looks up for one row can only be joined to it row by row: that keeps the order in which rows are read, and reads no more than are asked for. */
const one = (table: string, on: string) => `LATERAL (SELECT * FROM ${table} WHERE ${on} OFFSET 0)`;

type Viewer = { person: Person; counting: ReturnType<typeof countingRoutes> };

/** The queue as one person sees it at a moment; what they may sign is found out once for all that is asked of it. */
export function queueFor(person: Person, now = new Date()) {
  const viewer: Viewer = { person, counting: countingRoutes(sql, person, now) };
  // Awaited where it is used; whoever asks for nothing is not told of its failing.
  viewer.counting.catch(() => undefined);
  return {
    read: (input: QueuePage = {}) => readRows(viewer, input),
    count: (filter: QueueFilter = {}, since: Date | null = null) => countRows(viewer, filter, since),
    groups: (filter: QueueFilter = {}) => groupRows(viewer, filter),
  };
}

export const readQueue = (person: Person, input: QueuePage = {}, now?: Date): Promise<QueueRow[]> => queueFor(person, now).read(input);
export const countQueue = (person: Person, filter: QueueFilter = {}, since: Date | null = null): Promise<QueueCounts> => queueFor(person).count(filter, since);

/** What waits, whoever looks: joins, the person's own part of it, and the filter, with their parameters. */
async function waiting(tx: Sql, { person, counting }: Viewer, filter: z.output<typeof queueFilterSchema>): Promise<Base> {
  const yours = yoursCondition(await counting, person, 1);
  const params = [...yours.params];
  const stopped = await stoppedApprovals(tx, params.length + 1);
  if (stopped) params.push(...stopped.params);
  const wanted: string[] = [];
  const want = (condition: (parameter: string) => string, value: unknown) => { params.push(value); wanted.push(condition(`$${params.length}`)); };
  if (filter.whose !== 'all') wanted.push(filter.whose === 'yours' ? yours.condition : `NOT ${yours.condition}`);
  if (filter.agentId) want((x) => `p.agent_id = ${x}::uuid`, filter.agentId);
  if (filter.tool) want((x) => `p.tool = ${x}`, filter.tool);
  if (filter.rule) want((x) => `${x} = ANY(p.rule_ids)`, filter.rule);
  if (filter.risk) want((x) => `p.risk = ${x}`, filter.risk);
  if (filter.group) want((x) => `${GROUP} = ${x}`, filter.group);
  // Every word somewhere: in the sentence, the agent's name or the tool's.
  for (const part of (filter.search ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8)) want((x) => `strpos(lower(p.title || ' ' || a.name || ' ' || p.tool), ${x}) > 0`, part);
  const where = `WHERE p.state IN ('pending', 'partially_approved') AND p.decide_by > clock_timestamp() ${stopped ? `AND NOT (${stopped.text})` : ''}`;
  return {
    with: yours.with,
    from: `FROM approval p JOIN agent a ON a.id = p.agent_id JOIN session s ON s.id = p.session_id LEFT JOIN counting c ON ${yours.of} ${where}`,
    stepping: `FROM approval p JOIN ${one('agent', 'id = p.agent_id')} a ON true JOIN ${one('session', 'id = p.session_id')} s ON true LEFT JOIN ${one('counting c', yours.of)} c ON true ${where}`,
    yours: yours.condition, wanted: wanted.length > 0 ? wanted.join(' AND ') : 'true', params,
  };
}

/** A stretch of the queue: what this person may sign first, then by time left or the newest first. `after`: the place of the last row before. */
async function readRows(viewer: Viewer, input: QueuePage): Promise<QueueRow[]> {
  const { filter, order, after, limit } = parseInput(queuePageSchema, input);
  const base = await waiting(sql, viewer, filter);
  const params = [...base.params];
  const time = order === 'left' ? 'p.decide_by' : 'p.requested_at';
  const direction = order === 'left' ? 'ASC' : 'DESC';
  const [others, ms, id] = after?.split('.') ?? [];
  let beyond = 'true';
  if (after) {
    params.push(new Date(Number(ms)).toISOString(), id);
    beyond = `(${time}, p.id) ${order === 'left' ? '>' : '<'} ($${params.length - 1}::timestamptz, $${params.length}::uuid)`;
  }
  params.push(limit);
  const part = (mine: boolean, from: string, most: string) => `SELECT p.id, ${time} AS time, ${!mine} AS others ${base.stepping} AND ${mine ? '' : 'NOT '}${base.yours} AND ${base.wanted} AND ${from} ORDER BY ${time} ${direction}, p.id ${direction} LIMIT ${most}`;
  // Each part is read in its order from where it begins, and no further than the stretch goes; only the stretch's own rows are then read whole.
  const rows = await sql.rows<SummaryRow & { yours: boolean; group: string; shape: string | null; revision: number }>(
    `WITH ${base.with}, mine AS MATERIALIZED (${part(true, others === '1' ? 'false' : beyond, `$${params.length}::bigint`)}),
       theirs AS MATERIALIZED (${part(false, others === '0' ? 'true' : beyond, `(SELECT $${params.length}::bigint - count(*) FROM mine)`)}),
       stretch AS (SELECT * FROM mine UNION ALL SELECT * FROM theirs)
     SELECT false AS stopped, ${SUMMARY_COLUMNS}, NOT x.others AS yours, ${GROUP} AS "group", p.shape, p.revision
     FROM stretch x JOIN ${one('approval', 'id = x.id')} p ON true JOIN agent a ON a.id = p.agent_id JOIN session s ON s.id = p.session_id LEFT JOIN person d ON d.id = p.decided_by_id ORDER BY x.others, x.time ${direction}, x.id ${direction}`,
    params,
  );
  return rows.map((row) => toSummary(row));
}

/** How much waits, in all and as filtered, and how much of that was asked after a moment. */
async function countRows(viewer: Viewer, filter: QueueFilter, since: Date | null): Promise<QueueCounts> {
  const base = await waiting(sql, viewer, parseInput(queueFilterSchema, filter));
  const after = `$${base.params.length + 1}::timestamptz`;
  const [row] = await sql.rows<QueueCounts>(
    // Each row is judged once: whatever is counted of it is counted of that.
    `WITH ${base.with} SELECT count(*) FILTER (WHERE q.yours)::int AS yours, count(*) FILTER (WHERE NOT q.yours)::int AS others, count(*) FILTER (WHERE q.wanted)::int AS matching,
       count(*) FILTER (WHERE q.wanted AND q.fresh)::int AS fresh, (SELECT count(*)::int FROM (SELECT 1 FROM approval WHERE decided_at IS NOT NULL LIMIT ${MOST_COUNTED}) x) AS decided
     FROM (SELECT ${base.yours} AS yours, ${base.wanted} AS wanted, p.requested_at > ${after} AS fresh ${base.from} OFFSET 0) q`, [...base.params, since],
  );
  return row!;
}

/** What waits, put together by what it is: the largest groups first. */
async function groupRows(viewer: Viewer, filter: QueueFilter): Promise<QueueGroup[]> {
  const base = await waiting(sql, viewer, parseInput(queueFilterSchema, filter));
  const rows = await sql.rows<Omit<QueueGroup, 'decideBy'> & { decideBy: Date }>(
    `WITH ${base.with} SELECT g.*, a.name AS "agentName" FROM (
       SELECT ${GROUP} AS key, p.agent_id AS "agentId", p.tool, p.rule_ids AS rules, p.shape, count(*)::int AS count, (count(*) FILTER (WHERE ${base.yours}))::int AS yours, min(p.decide_by) AS "decideBy",
         (ARRAY['low', 'medium', 'high', 'critical'])[max(array_position(ARRAY['low', 'medium', 'high', 'critical'], p.risk))] AS risk, (array_agg(p.title ORDER BY p.decide_by))[1] AS title
       ${base.from} AND ${base.wanted} GROUP BY p.agent_id, p.tool, p.rule_ids, p.shape ORDER BY count(*) DESC, min(p.decide_by) LIMIT ${MOST_GROUPS}
     ) g JOIN agent a ON a.id = g."agentId" ORDER BY g.count DESC, g."decideBy"`, base.params,
  );
  return rows.map((row) => ({ ...row, decideBy: row.decideBy.toISOString() }));
}

/** All that matches and was asked until a moment, with the digests that stand: what a word on all of it is about. */
export async function queueItems(person: Person, filter: QueueFilter, until: Date, most: number): Promise<{ id: string; digest: string }[]> {
  const base = await waiting(sql, { person, counting: countingRoutes(sql, person, new Date()) }, parseInput(queueFilterSchema, filter));
  const rows = await sql.rows<{ id: string; digest: string; yours: boolean }>(`WITH ${base.with} SELECT p.id, p.digest, ${base.yours} AS yours ${base.from} AND ${base.wanted} AND p.requested_at <= $${base.params.length + 1} ORDER BY p.decide_by, p.id LIMIT $${base.params.length + 2}`, [...base.params, until, most]);
  return rows.map(({ id, digest }) => ({ id, digest }));
}

/** Where one stands among all that waits, by time left: its place from 1 on, and of how many. Undefined when it does not wait. */
export async function placeInQueue(id: string): Promise<{ place: number; of: number } | undefined> {
  const [row] = await sql.rows<{ place: number; of: number; waits: boolean }>(
    `SELECT (count(*) FILTER (WHERE (p.decide_by, p.id) <= (o.decide_by, o.id)))::int AS place, count(*)::int AS "of", bool_or(p.id = o.id) AS waits
     FROM approval o JOIN approval p ON p.state IN ('pending', 'partially_approved') AND p.decide_by > clock_timestamp() WHERE o.id = $1`, [id],
  );
  return row?.waits ? { place: row.place, of: row.of } : undefined;
}

/** What the filters can be set to: agents, tools and rules of what waits now. */
export async function queueChoices(): Promise<{ agents: { id: string; name: string }[]; tools: string[]; rules: string[] }> {
  const [row] = await sql.rows<{ agents: { id: string; name: string }[] | null; tools: string[] | null; rules: string[] | null }>(
    `WITH w AS MATERIALIZED (SELECT p.agent_id, p.tool, p.rule_ids FROM approval p WHERE p.state IN ('pending', 'partially_approved') AND p.decide_by > clock_timestamp())
     SELECT (SELECT json_agg(json_build_object('id', a.id, 'name', a.name) ORDER BY a.name) FROM agent a WHERE a.id IN (SELECT agent_id FROM w)) AS agents,
       (SELECT array_agg(DISTINCT tool ORDER BY tool) FROM w) AS tools, (SELECT array_agg(DISTINCT r ORDER BY r) FROM w, unnest(w.rule_ids) r) AS rules`,
  );
  return { agents: row?.agents ?? [], tools: row?.tools ?? [], rules: row?.rules ?? [] };
}
