import { z } from 'zod';
import { sql } from '@/lib/db';
import { parseInput } from '@/lib/parse-input';
import { idSchema } from '@/lib/protocol/primitives';
import { placeSchema } from './queue-schema';
import { SUMMARY_COLUMNS, toSummary, type ApprovalSummary, type SummaryRow } from './queries';

const day = z.iso.date();
/** What was decided, narrowed by who decided or signed it, what became of it, whose it was and when. `to` is the last day, in UTC. */
export const decidedFilterSchema = z.strictObject({
  personId: idSchema.optional(),
  verdict: z.enum(['approved', 'denied', 'expired', 'cancelled']).optional(),
  agentId: idSchema.optional(),
  tool: z.string().min(1).max(300).optional(),
  from: day.optional(),
  to: day.optional(),
});
export type DecidedFilter = z.input<typeof decidedFilterSchema>;
const pageSchema = z.strictObject({
  filter: decidedFilterSchema.default({}),
  /** The place of the last row before: its time in epoch milliseconds and its id. */
  after: placeSchema.optional(),
  limit: z.int().min(1).max(500).default(100),
});

const STATES = { approved: ['approved', 'used', 'unused_expired'], denied: ['denied'], expired: ['expired'], cancelled: ['cancelled'] } as const;

/** History: what was decided, the newest first, for ever and in stretches. */
export async function listDecided(input: z.input<typeof pageSchema> = {}): Promise<ApprovalSummary[]> {
  const { filter, after, limit } = parseInput(pageSchema, input);
  const params: unknown[] = [];
  const wanted = ['p.decided_at IS NOT NULL'];
  const want = (condition: (...parameters: string[]) => string, ...values: unknown[]) => { params.push(...values); wanted.push(condition(...values.map((_, index) => `$${params.length - values.length + index + 1}`))); };
  if (filter.personId) want((x) => `(p.decided_by_id = ${x}::uuid OR EXISTS (SELECT 1 FROM approval_signature g WHERE g.approval_id = p.id AND g.person_id = ${x}::uuid))`, filter.personId);
  if (filter.verdict) want((x) => `p.state = ANY(${x})`, STATES[filter.verdict]);
  if (filter.agentId) want((x) => `p.agent_id = ${x}::uuid`, filter.agentId);
  if (filter.tool) want((x) => `p.tool = ${x}`, filter.tool);
  if (filter.from) want((x) => `p.decided_at >= ${x}::timestamptz`, `${filter.from}T00:00:00Z`);
  if (filter.to) want((x) => `p.decided_at < ${x}::timestamptz + interval '1 day'`, `${filter.to}T00:00:00Z`);
  if (after) {
    const [ms, id] = after.split('.');
    want((t, i) => `(p.decided_at, p.id) < (${t}::timestamptz, ${i}::uuid)`, new Date(Number(ms)).toISOString(), id);
  }
  params.push(limit);
  const rows = await sql.rows<SummaryRow>(
    `SELECT false AS stopped, ${SUMMARY_COLUMNS} FROM approval p JOIN agent a ON a.id = p.agent_id JOIN session s ON s.id = p.session_id LEFT JOIN person d ON d.id = p.decided_by_id
     WHERE ${wanted.join(' AND ')} ORDER BY p.decided_at DESC, p.id DESC LIMIT $${params.length}`, params,
  );
  return rows.map((row) => toSummary(row));
}

/** The place of a row, to go on after. */
export const decidedPlace = (row: Pick<ApprovalSummary, 'decidedAt' | 'id'>): string => `${Date.parse(row.decidedAt!)}.${row.id}`;

/** These, whatever has become of them. */
export async function approvalsByIds(ids: readonly string[]): Promise<ApprovalSummary[]> {
  if (ids.length === 0) return [];
  const rows = await sql.rows<SummaryRow>(
    `SELECT false AS stopped, ${SUMMARY_COLUMNS} FROM approval p JOIN agent a ON a.id = p.agent_id JOIN session s ON s.id = p.session_id LEFT JOIN person d ON d.id = p.decided_by_id WHERE p.id = ANY($1::uuid[])`, [ids],
  );
  return rows.map((row) => toSummary(row));
}

/** Tools of what was decided last, for a choice: far more than anybody chooses among. */
export async function decidedTools(): Promise<string[]> {
  const rows = await sql.rows<{ tool: string }>('SELECT DISTINCT tool FROM (SELECT tool FROM approval WHERE decided_at IS NOT NULL ORDER BY decided_at DESC, id DESC LIMIT 5000) x ORDER BY tool LIMIT 500');
  return rows.map(({ tool }) => tool);
}
