import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { History } from '@/components/approvals/history';
import { BackLine } from '@/components/shell/back-line';
import { authorise, listPeople, may } from '@/lib/access';
import { listAgents } from '@/lib/agents';
import { decidedPlace, decidedTools, listDecided, placeSchema } from '@/lib/approvals';
import { approvalState } from '../card-view';
import { historyFilter, historyQuery } from './history-filter';

export const metadata: Metadata = { title: 'History of approvals' };
const PAGE = 50;

/** Everything that was ever decided, in stretches of fifty, narrowed by its own address. */
export default async function HistoryPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  const params = await searchParams;
  const filter = historyFilter(params);
  const { data: after } = placeSchema.safeParse(params.after);
  const [rows, agents, people, tools] = await Promise.all([listDecided({ filter, limit: PAGE + 1, ...(after !== undefined && { after }) }), listAgents(), may(actor, 'person.read') ? listPeople(ctx) : [], decidedTools()]);
  const shown = rows.slice(0, PAGE);
  const query = historyQuery(filter);
  return (
    <div className="history-scroll">
      <BackLine line="Approvals" />
      <History
        rows={shown.map((row) => ({ id: row.id, at: row.decidedAt ?? row.requestedAt, askedAt: row.requestedAt, title: row.title, agent: row.agentName, tool: row.tool, by: row.decidedBy, reason: row.decisionReason, state: approvalState(row) }))}
        filter={filter} agents={agents.map(({ id, name }) => ({ id, name }))} people={people.map(({ id, name }) => ({ id, name }))} tools={tools} first={after === undefined}
        newest={`/approvals/history${query}`} older={rows.length > PAGE ? `/approvals/history${query}${query === '' ? '?' : '&'}after=${decidedPlace(shown.at(-1)!)}` : null}
        exports={may(actor, 'log.export') ? { csv: `/approvals/history/export${query}${query === '' ? '?' : '&'}format=csv`, jsonl: `/approvals/history/export${query}${query === '' ? '?' : '&'}format=jsonl` } : null}
      />
    </div>
  );
}
