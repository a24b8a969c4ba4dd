import { z } from 'zod';
import type { Sql } from '@/lib/db';

/** As much of a bundle as a stop needs to know which tools a class means. */
const registrySchema = z.object({ tools: z.array(z.object({ name: z.string(), toolset: z.string(), operation: z.string(), classes: z.array(z.string()).default([]) })) });

export type ClassTools = { tools: string[]; toolsets: string[] };

/** The tools of a class by the active bundle; none when there is no bundle yet. */
export async function toolsOfClass(tx: Sql, name: string): Promise<ClassTools> {
  const members = (await activeTools(tx)).filter((tool) => tool.classes.includes(name));
  return { tools: members.map((tool) => tool.name), toolsets: [...new Set(members.map((tool) => tool.toolset))] };
}

/** The names of tools that only read: a call of any other one that is under way is a write. */
export async function readingTools(tx: Sql): Promise<string[]> {
  return (await activeTools(tx)).filter((tool) => tool.classes.includes('read-only')).map((tool) => tool.name);
}

async function activeTools(tx: Sql) {
  const [row] = await tx.rows<{ body: string }>('SELECT body FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1');
  if (!row) return [];
  const parsed = registrySchema.safeParse(JSON.parse(row.body));
  return parsed.success ? parsed.data.tools : [];
}
