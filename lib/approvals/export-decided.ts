import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { decidedFilterSchema, decidedPlace, listDecided, type DecidedFilter } from './decided';
import { csvLine } from './csv';
import type { ApprovalSummary } from './queries';

export type ExportFormat = 'csv' | 'jsonl';
/** Rows read at once: enough to keep the database busy, few enough to hold. */
const PAGE = 500;

const columns: [name: string, of: (row: ApprovalSummary) => string | null][] = [
  ['id', (row) => row.id], ['requested_at', (row) => row.requestedAt], ['decided_at', (row) => row.decidedAt], ['state', (row) => row.state], ['cancel_reason', (row) => row.cancelReason], ['decided_by', (row) => row.decidedBy], ['reason', (row) => row.decisionReason],
  ['agent', (row) => row.agentName], ['agent_id', (row) => row.agentId], ['session_id', (row) => row.sessionId], ['tool', (row) => row.tool], ['title', (row) => row.title], ['risk', (row) => row.risk], ['routes', (row) => row.route.routes.join(' ')], ['used_at', (row) => row.usedAt], ['digest', (row) => row.digest],
];

/**
 * What was decided, as lines, the newest first: a stretch at a time, so that years of it are never held at once. That it was exported, by
 * whom and how narrowed, is on record before the first line. No arguments: the sentence that people read, and the digest.
 */
export async function exportDecided(ctx: Context, { filter, format }: { filter: DecidedFilter; format: ExportFormat }): Promise<AsyncGenerator<string>> {
  authorise(ctx, 'approval.read');
  authorise(ctx, 'log.export');
  const wanted = parseInput(decidedFilterSchema, filter);
  await sqlTransaction((tx) => record(tx, ctx, [organisationEvent('log.approvals_exported', { format, filter: Object.fromEntries(Object.entries(wanted).filter((pair): pair is [string, string] => typeof pair[1] === 'string')) })]));
  return lines(wanted, format);
}

async function* lines(filter: DecidedFilter, format: ExportFormat): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns.map(([name]) => name));
  for (let after: string | undefined; ;) {
    const rows = await listDecided({ filter, limit: PAGE, ...(after !== undefined && { after }) });
    for (const row of rows) yield format === 'csv' ? csvLine(columns.map(([, of]) => of(row) ?? '')) : `${JSON.stringify(Object.fromEntries(columns.map(([name, of]) => [name, of(row)])))}\n`;
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) return;
    after = decidedPlace(last);
  }
}
