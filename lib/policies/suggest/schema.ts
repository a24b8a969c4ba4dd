import { z } from 'zod';

const hints = z.looseObject({
  title: z.string().optional().catch(undefined),
  readOnlyHint: z.boolean().optional().catch(undefined),
  destructiveHint: z.boolean().optional().catch(undefined),
  idempotentHint: z.boolean().optional().catch(undefined),
  openWorldHint: z.boolean().optional().catch(undefined),
});

/** A tool as a server lists it. Only the name must be there; what has the wrong shape counts as missing. */
const describedToolSchema = z.looseObject({
  name: z.string(),
  description: z.string().optional().catch(undefined),
  inputSchema: z.record(z.string(), z.unknown()).optional().catch(undefined),
  annotations: hints.optional().catch(undefined),
});
export type DescribedTool = { name: string; description?: string | undefined; inputSchema?: Record<string, unknown> | undefined; annotations?: { readOnlyHint?: boolean | undefined; destructiveHint?: boolean | undefined; idempotentHint?: boolean | undefined; openWorldHint?: boolean | undefined } | undefined };

const namedOrDescribed = z.preprocess((item) => {
  if (typeof item === 'string') return { name: item };
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  // OpenAI and others wrap a tool as {type: "function", function: {…, parameters}}.
  const inner = 'function' in item && typeof item.function === 'object' && item.function !== null ? item.function : item;
  return 'inputSchema' in inner ? inner : { ...inner, inputSchema: (inner as { input_schema?: unknown }).input_schema ?? (inner as { parameters?: unknown }).parameters };
}, describedToolSchema);

/** A list of tools: a plain array, or the answer to MCP's `tools/list`, bare or as JSON-RPC wraps it. Names alone will do. */
export const toolListSchema = z.preprocess((value) => {
  let at = value;
  for (const key of ['result', 'tools']) if (typeof at === 'object' && at !== null && key in at) at = (at as Record<string, unknown>)[key];
  return at;
}, z.array(namedOrDescribed).min(1, 'holds no tool').max(5_000, 'holds more than 5,000 tools'));
