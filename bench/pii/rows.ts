import { z } from 'zod';
import { jsonLines } from '../report/json-lines';

const rowSchema = z.object({
  id: z.string(), source: z.string(), sub: z.string().nullish(), text: z.string(),
  spans: z.array(z.object({ type: z.string(), start: z.number().int().min(0), end: z.number().int().min(0) })),
  meta: z.object({ span_is_whole_line: z.boolean().nullish() }).nullish(),
});
export type Span = { type: string; start: number; end: number };
/** `about` is what the row was made to test, as far as the file says; `wholeLine` that a label covers the line in which something is. */
export type Row = { source: string; about: string; text: string; spans: Span[]; wholeLine: boolean };

/** Labelled texts, a JSON object a line. Labels count code points, as the format says; here they become UTF-16 units. */
export async function readRows(file: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { value, at } of jsonLines([file])) {
    const parsed = rowSchema.safeParse(value);
    if (!parsed.success) throw new Error(`${at} is no labelled text: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`);
    const { source, sub, text, spans, meta } = parsed.data;
    const units = unitsOf(text);
    rows.push({ source, about: (sub ?? source).split(':')[0]!, text, spans: spans.map(({ type, start, end }) => ({ type, start: units(start), end: units(end) })), wholeLine: meta?.span_is_whole_line === true });
  }
  return rows;
}

/** From a place counted in code points to one counted in UTF-16 units. */
function unitsOf(text: string): (point: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (point) => point;
  const places = [0];
  for (const character of text) places.push(places.at(-1)! + character.length);
  return (point) => places[Math.min(point, places.length - 1)]!;
}
