import { readFileSync } from 'node:fs';
import { idSchema, newId } from '@/lib/protocol/ids';
import { replacePrivateFile } from './private-file';

/** Which control process this is, the same after every start on the same data: what it held before it was away is its own to account for. */
export function processId(file: string): string {
  try {
    return idSchema.parse(readFileSync(file, 'utf8').trim());
  } catch {
    // No file yet, or not ours: one that nobody knows yet.
    const id = newId();
    replacePrivateFile(file, `${id}\n`);
    return id;
  }
}
