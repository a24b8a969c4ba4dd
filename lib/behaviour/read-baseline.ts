import { sql } from '@/lib/db';
import { historyOf, noHistory } from './history';
import type { History } from './weigh';

export type StoredBaseline = { version: number; history: History };

/** What is usual for an agent, unless that is `known` already; version 0 where nothing was learned yet. */
export async function readBaseline(agentId: string, known?: number): Promise<StoredBaseline | 'unchanged'> {
  const [row] = await sql.rows<{ version: number; summary: unknown }>('SELECT version, CASE WHEN version IS DISTINCT FROM $2::int THEN summary END AS summary FROM behaviour_baseline WHERE agent_id = $1', [agentId, known ?? null]);
  if (!row) return known === 0 ? 'unchanged' : { version: 0, history: noHistory };
  return row.version === known ? 'unchanged' : { version: row.version, history: historyOf(row.summary) };
}
