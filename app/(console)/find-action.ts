'use server';

import { runAction } from '@/app/_session/action-result';
import type { PaletteItem } from '@/components/shell/palette';
import { authorise } from '@/lib/access';
import { listAgents } from '@/lib/agents';
import { listApprovals } from '@/lib/approvals';
import { listSessions } from '@/lib/sessions';

const MOST = 8;

/** Agents, sessions and approvals whose names hold all the words. */
export async function find(query: string): Promise<PaletteItem[]> {
  const words = String(query).slice(0, 200).toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (...texts: string[]) => words.every((word) => texts.join(' ').toLowerCase().includes(word));
  const found = await runAction(async (ctx): Promise<PaletteItem[]> => {
    authorise(ctx, 'session.read');
    const [agents, sessions, approvals] = await Promise.all([listAgents(), listSessions({ limit: 200 }), listApprovals({ state: 'open', limit: 200 })]);
    return [
      ...approvals.filter((one) => fits(one.title, one.agentName, one.tool)).slice(0, MOST).map((one) => ({ id: one.id, group: 'Approval', label: one.title.slice(0, 200), hint: one.agentName, href: `/approvals/${one.id}` })),
      ...agents.filter((one) => fits(one.name, one.description, one.id)).slice(0, MOST).map((one) => ({ id: one.id, group: 'Agent', label: one.name, href: `/agents/${one.id}` })),
      ...sessions.filter((one) => fits(one.purpose, one.agentName, one.shortId, one.id)).slice(0, MOST).map((one) => ({ id: one.id, group: 'Session', label: `${one.shortId} ${one.purpose.slice(0, 200)}`, hint: one.agentName, href: `/sessions/${one.id}` })),
    ];
  });
  return found.ok ? found.value : [];
}
