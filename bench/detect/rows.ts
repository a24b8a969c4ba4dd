import { z } from 'zod';
import { jsonLines } from '../report/json-lines';

const textSchema = z.object({ id: z.string(), source: z.string(), label: z.enum(['injection', 'benign']), channel: z.string().default('tool_result'), text: z.string() });
const traceSchema = z.object({
  id: z.string(), source: z.string(), label: z.string(),
  events: z.array(z.object({ type: z.string(), text: z.string().nullish() })), meta: z.object({ attacker_tools: z.array(z.unknown()).nullish() }).nullish(),
});

export type TextRow = { id: string; source: string; hostile: boolean; channel: string; text: string };
/** A whole session; `attacked`: somebody tried to steer it, whatever came of that. */
export type TraceRow = { id: string; source: string; attacked: boolean; results: string[] };
export type Rows = { texts: TextRow[]; traces: TraceRow[] };

/** Reads cases, a JSON object a line: texts with a label, or sessions with their events. A line that is neither is an error that says which. */
export async function readRows(files: readonly string[]): Promise<Rows> {
  const rows: Rows = { texts: [], traces: [] };
  for await (const { value, at } of jsonLines(files)) {
    const text = textSchema.safeParse(value);
    if (text.success) { const { id, source, label, channel, text: said } = text.data; rows.texts.push({ id, source, hostile: label === 'injection', channel, text: said }); continue; }
    const trace = traceSchema.safeParse(value);
    if (!trace.success) throw new Error(`${at} is neither a text nor a session: ${text.error.issues[0]?.path.join('.')} ${text.error.issues[0]?.message}`);
    const { id, source, events, meta } = trace.data;
    rows.traces.push({ id, source, attacked: (meta?.attacker_tools?.length ?? 0) > 0, results: events.flatMap(({ type, text: said }) => (type === 'tool_result' && said ? [said] : [])) });
  }
  return rows;
}

/** Sources that come from one benchmark are left out together: what its authors wrote in the one teaches about the other. */
export const familyOf = (source: string): string => source.split('_')[0]!;
