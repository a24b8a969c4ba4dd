import { z } from 'zod';
import { sql } from '@/lib/db';

const PATIENCE_MS = 1_000;

/** People know agents by name: `{scope: "agent", target: "support"}` becomes its id. Without the database the id itself is needed. */
export async function withAgentId(input: unknown): Promise<unknown> {
  const named = z.looseObject({ scope: z.literal('agent'), target: z.string().min(1).max(200) }).safeParse(input);
  if (!named.success || z.guid().safeParse(named.data.target).success) return input;
  const asked = sql.rows<{ id: string }>('SELECT id FROM agent WHERE name = $1', [named.data.target]).catch(() => []);
  const [agent] = await Promise.race([asked, new Promise<[]>((resolve) => setTimeout(resolve, PATIENCE_MS, []).unref())]);
  return agent ? { ...named.data, target: agent.id } : input;
}
