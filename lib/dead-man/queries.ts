import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { mayTend, readDeadMen, viewOf } from './rows';
import type { DeadManView } from './schema';


/** What is armed now, by what fires first. */
export async function armedDeadMen(): Promise<DeadManView[]> {
  return (await readDeadMen(sql, `WHERE d.state = 'armed' ORDER BY d.seen_at + make_interval(mins => d.after_minutes), d.id`)).map(viewOf);
}

/** The newest over an agent or an environment, whatever became of it. */
export async function deadManOf(scope: 'agent' | 'environment', target: string): Promise<DeadManView | undefined> {
  return (await readDeadMen(sql, 'WHERE d.scope = $1 AND d.target = $2 ORDER BY d.armed_at DESC, d.id DESC LIMIT 1', [scope, target])).map(viewOf)[0];
}

/** What somebody may do with an agent's dead-man switch, for the screen; the verbs ask again. */
export async function tendsAgent(ctx: Pick<Context, 'actor'>, agentId: string): Promise<{ manage: boolean; heartbeat: boolean }> {
  const [agent] = await sql.rows<{ ownerId: string | null }>('SELECT owner_id::text AS "ownerId" FROM agent WHERE id = $1', [agentId]);
  const ownerId = agent?.ownerId ?? null;
  return { manage: mayTend(ctx, 'dead_man.manage', ownerId), heartbeat: mayTend(ctx, 'dead_man.heartbeat', ownerId) };
}
