import { z } from 'zod';
import type { Sql } from '@/lib/db';

/** As much of a bundle as a stop needs to know which tools a class means. */
const registrySchema = z.object({ tools: z.array(z.object({ name: z.string(), toolset: z.string(), operation: z.string(), classes: z.array(z.string()).default([]), redeem: z.string().optional() })) });

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

/** The names of tools whose permits are worth nothing until they are redeemed, which no stop lets through. */
export async function redeemedTools(tx: Sql): Promise<string[]> {
  return (await activeTools(tx)).filter((tool) => tool.redeem === 'required').map((tool) => tool.name);
}

/** The classes of each tool by the active bundle. */
export async function classesByTool(tx: Sql): Promise<Map<string, string[]>> {
  return new Map((await activeTools(tx)).map((tool) => [tool.name, tool.classes]));
}

async function activeTools(tx: Sql) {
  const [row] = await tx.rows<{ body: string }>('SELECT body FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1');
  if (!row) return [];
  const parsed = registrySchema.safeParse(JSON.parse(row.body));
  return parsed.success ? parsed.data.tools : [];
}
