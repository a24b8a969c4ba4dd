import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const rowSchema = z.object({
  id: z.string(), source: z.string(), label: z.string(), user_goal: z.string().nullish(),
  call: z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()).nullish() }),
  meta: z.object({ preceding_tool_result: z.string().nullish() }).nullish(),
});
export type Row = { id: string; source: string; label: string; goal: string; tool: string; args: Record<string, unknown>; before: string | undefined };

/** Recorded tool calls, a JSON object a line; a line that is none is an error that says which. What would be an oracle (`allowed_tools`) is not read. */
export async function readRows(file: string): Promise<Row[]> {
  const rows: Row[] = [];
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    const parsed = rowSchema.safeParse(tryJson(text));
    if (!parsed.success) throw new Error(`${file}:${line} is no tool call: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`);
    const { id, source, label, user_goal: goal, call, meta } = parsed.data;
    rows.push({ id, source, label, goal: goal ?? '', tool: call.tool, args: call.args ?? {}, before: meta?.preceding_tool_result ?? undefined });
  }
  if (rows.length === 0) throw new Error(`${file} has no rows.`);
  return rows;
}

function tryJson(text: string): unknown {
  try { return JSON.parse(text); } catch { return undefined; }
}
