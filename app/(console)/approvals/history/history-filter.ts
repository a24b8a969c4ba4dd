import type { DecidedFilter } from '@/lib/approvals';
import { idSchema } from '@/lib/protocol/ids';

type Params = Record<string, string | string[] | undefined>;
const verdicts = ['approved', 'denied', 'expired', 'cancelled'] as const;

/** How an address narrows the history; whatever it says wrongly narrows nothing. */
export function historyFilter(params: Params): DecidedFilter {
  const text = (name: string) => { const value = params[name]; return typeof value === 'string' && value !== '' && value.length <= 300 ? value : undefined; };
  const id = (name: string) => { const value = text(name); return idSchema.safeParse(value).success ? value : undefined; };
  const day = (name: string) => { const value = text(name); return value !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value) ? value : undefined; };
  const verdict = verdicts.find((one) => one === params.verdict);
  const [personId, agentId, tool, from, to] = [id('person'), id('agent'), text('tool'), day('from'), day('to')];
  return { ...(personId !== undefined && { personId }), ...(verdict && { verdict }), ...(agentId !== undefined && { agentId }), ...(tool !== undefined && { tool }), ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** The part of an address after its path that narrows like this. */
export function historyQuery({ personId, verdict, agentId, tool, from, to }: DecidedFilter): string {
  const query = new URLSearchParams([['person', personId], ['verdict', verdict], ['agent', agentId], ['tool', tool], ['from', from], ['to', to]].filter((pair): pair is [string, string] => pair[1] !== undefined)).toString();
  return query === '' ? '' : `?${query}`;
}
