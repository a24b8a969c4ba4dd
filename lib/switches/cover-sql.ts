import { z } from 'zod';
import type { Sql } from '@/lib/db';
import type { StandingOrder } from './rules';
import { classesByTool, toolsOfClass } from './tools-of-class';

export type Cover = Pick<StandingOrder, 'scope' | 'target' | 'environment'>;

/** A condition on `session s` and the parameters it counts from `$first` on; undefined where nothing here can match. */
export type Condition = { text: string; params: unknown[] };

/** Which sessions a cover holds. A class of tools holds no session: it stops calls, so it has a condition on tools alone. */
export function sessionsIn(cover: Cover, here: string, first: number): Condition | undefined {
  if (cover.environment !== null && cover.environment !== here) return undefined;
  switch (cover.scope) {
    case 'global': return { text: 'true', params: [] };
    case 'agent': return isId(cover.target) ? { text: `s.agent_id = $${first}::uuid`, params: [cover.target] } : undefined;
    case 'instance': return { text: `s.instance_id = $${first}`, params: [cover.target] };
    case 'session': return isId(cover.target) ? { text: `s.id = $${first}::uuid`, params: [cover.target] } : undefined;
    case 'class': return undefined;
  }
}

/** Only a row that was written by hand names a session or an agent by something else; it then holds none. */
const isId = (target: string | null) => z.guid().safeParse(target).success;

/** Which of `agent g` a cover stops whole, so that not even a token of theirs holds. */
export function agentsIn(cover: Cover, here: string, first: number): Condition | undefined {
  if (cover.environment !== null && cover.environment !== here) return undefined;
  if (cover.scope === 'global') return { text: 'true', params: [] };
  return cover.scope === 'agent' && isId(cover.target) ? { text: `g.id = $${first}::uuid`, params: [cover.target] } : undefined;
}

/** Sessions that a cover concerns, for counting: of a class, those whose agent was granted one of its toolsets. */
export async function sessionsConcerned(tx: Sql, cover: Cover, here: string, first: number): Promise<Condition | undefined> {
  if (cover.scope !== 'class') return sessionsIn(cover, here, first);
  if (cover.environment !== null && cover.environment !== here) return undefined;
  const { toolsets } = await toolsOfClass(tx, cover.target ?? '');
  return { text: `EXISTS (SELECT 1 FROM capability c WHERE c.agent_id = s.agent_id AND c.toolset = ANY($${first}))`, params: [toolsets] };
}

/** Which of `approval a` (joined to `session s`) a stop of this cover cancels. */
export async function approvalsIn(tx: Sql, cover: Cover, here: string, first: number): Promise<Condition | undefined> {
  if (cover.scope !== 'class') return sessionsIn(cover, here, first);
  if (cover.environment !== null && cover.environment !== here) return undefined;
  const { tools } = await toolsOfClass(tx, cover.target ?? '');
  return { text: `a.tool = ANY($${first})`, params: [tools] };
}

/** Which of `approval p` (joined to `session s`) any of these covers ends; undefined where none does. However many stand, it asks once for each scope. */
export async function approvalsInAny(tx: Sql, covers: readonly Cover[], here: string, first: number): Promise<Condition | undefined> {
  const inForce = covers.filter((cover) => cover.environment === null || cover.environment === here);
  if (inForce.some((cover) => cover.scope === 'global')) return { text: 'true', params: [] };
  const targets = (scope: Cover['scope']) => inForce.flatMap((cover) => (cover.scope === scope && cover.target !== null ? [cover.target] : []));
  const classes = new Set(targets('class'));
  const tools = classes.size === 0 ? [] : [...(await classesByTool(tx))].flatMap(([tool, names]) => (names.some((name) => classes.has(name)) ? [tool] : []));
  const parts = [
    { column: 's.id', type: 'uuid[]', values: targets('session').filter(isId) }, { column: 's.agent_id', type: 'uuid[]', values: targets('agent').filter(isId) },
    { column: 's.instance_id', type: 'text[]', values: targets('instance') }, { column: 'p.tool', type: 'text[]', values: tools },
  ].filter(({ values }) => values.length > 0);
  if (parts.length === 0) return undefined;
  return { text: `(${parts.map(({ column, type }, at) => `${column} = ANY($${first + at}::${type})`).join(' OR ')})`, params: parts.map(({ values }) => values) };
}
