import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replacePrivateFile } from './private-file';

/**
 * Rows of the database that control also keeps in a private file of its own, so that it knows them while Postgres is away, and after a
 * restart in that time. `hold` takes them over: once from the file, where there is one, and then as often as they are read.
 */
export class KeptRows<T> {
  private written = '';

  constructor(private readonly file: string, schema: z.ZodType<T>, private readonly hold: (rows: readonly T[]) => void) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    try {
      hold(z.array(schema).parse(JSON.parse(readFileSync(file, 'utf8'))));
    } catch {
      // No file yet, or not ours: the database tells.
    }
  }

  /** What the database says now. The file is written only when it changed. */
  keep(rows: readonly T[]): void {
    const text = JSON.stringify(rows);
    if (text === this.written) return;
    this.hold(rows);
    replacePrivateFile(this.file, text);
    this.written = text;
  }
}
