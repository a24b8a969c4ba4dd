import { readAsk, type QueueAsk } from '@/components/approvals/queue-address';
import type { QueueFilter } from '@/lib/approvals';
import { idSchema } from '@/lib/protocol/ids';

type Params = Record<string, string | string[] | undefined>;

/** What an address asks for, of a page's search parameters. */
export const askOf = (params: Params): QueueAsk => readAsk({ get: (name) => { const value = params[name]; return typeof value === 'string' ? value : null; } });

/** The queue's filter for that. What is yours comes first in a list of all; the others' are a list of their own. */
export function filterOf({ show, search, agent, tool, rule, risk, group }: QueueAsk): QueueFilter {
  return {
    whose: show === 'others' ? 'others' : 'all', ...(idSchema.safeParse(agent).success ? { agentId: agent } : {}), ...(tool !== undefined && { tool }), ...(rule !== undefined && { rule }), ...(risk !== undefined && { risk }), ...(group !== undefined && { group }),
    ...(search !== '' && { search }),
  };
}
