import { z } from 'zod';
import { jsonLines } from '../report/json-lines';

const rowSchema = z.object({
  id: z.string(), source: z.string(), label: z.string(), user_goal: z.string().nullish(),
  call: z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()).nullish() }),
  meta: z.object({ preceding_tool_result: z.string().nullish() }).nullish(),
});
export type Row = { id: string; source: string; label: string; goal: string; tool: string; args: Record<string, unknown>; before: string | undefined };

/** Recorded tool calls, a JSON object a line; a line that is none is an error that says which. What would be an oracle (`allowed_tools`) is not read. */
export async function readRows(file: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { value, at } of jsonLines([file])) {
    const parsed = rowSchema.safeParse(value);
    if (!parsed.success) throw new Error(`${at} is no tool call: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`);
    const { id, source, label, user_goal: goal, call, meta } = parsed.data;
    rows.push({ id, source, label, goal: goal ?? '', tool: call.tool, args: call.args ?? {}, before: meta?.preceding_tool_result ?? undefined });
  }
  return rows;
}
