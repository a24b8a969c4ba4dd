import { sql } from '@/lib/db';
import type { Gate } from './gate';
import { sharedUses } from './shared-budgets';

/** Reads again what the agents that are here, and everybody together, have used of what gateways share, and forgets the days that are over. */
export async function refreshBudgets(gate: Pick<Gate, 'budgets' | 'sessions'>, now = new Date()): Promise<void> {
  gate.budgets.forgetOld(now);
  const here = new Set([...gate.sessions.values()].map((session) => session.row.agentId));
  gate.budgets.learn(await sharedUses(sql, gate.budgets.sharedKeys(here)));
}
