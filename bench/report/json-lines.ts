import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What stands in files of a JSON object a line, each with where it stands ("file:line"); undefined where a line is no JSON. Throws when there is no line at all. */
export async function* jsonLines(files: readonly string[]): AsyncGenerator<{ value: unknown; at: string }> {
  let any = false;
  for (const file of files) {
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
      line += 1;
      if (text.trim() === '') continue;
      any = true;
      yield { value: tryJson(text), at: `${file}:${line}` };
    }
  }
  if (!any) throw new Error(`There are no rows in ${files.join(', ')}.`);
}

function tryJson(text: string): unknown {
  try { return JSON.parse(text); } catch { return undefined; }
}
