import { z } from 'zod';
import { sql } from '@/lib/db';

/** People know agents by name: `{scope: "agent", target: "support"}` becomes its id. Without the database the id itself is needed. */
export async function withAgentId(input: unknown): Promise<unknown> {
  const named = z.looseObject({ scope: z.literal('agent'), target: z.string().min(1).max(200) }).safeParse(input);
  if (!named.success || z.guid().safeParse(named.data.target).success) return input;
  const [agent] = await sql.rows<{ id: string }>('SELECT id FROM agent WHERE name = $1', [named.data.target]).catch(() => []);
  return agent ? { ...named.data, target: agent.id } : input;
}
