import type { z } from 'zod';
import { jsonLines } from '../report/json-lines';

/** The objects of JSON files, one a line; a line that is none of the kind is an error that says which. */
export async function readLines<T>(files: readonly string[], schema: z.ZodType<T>, kind: string): Promise<T[]> {
  const rows: T[] = [];
  for await (const { value, at } of jsonLines(files)) {
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new Error(`${at} is no ${kind}: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`);
    rows.push(parsed.data);
  }
  return rows;
}

/** The files that a bench was given. */
export const filesGiven = (): string[] => process.argv.slice(2).filter((word, i, all) => !word.startsWith('--') && !['--show', '--only', '--every'].includes(all[i - 1] ?? ''));
/** Where an option was given, what follows it. */
export function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : (process.argv[at + 1] ?? '');
}
