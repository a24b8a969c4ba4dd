import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { unavailable } from '@/lib/errors';

/** A line is 40 characters of hash and, with the count that some lists have, never longer than this. */
const LONGEST_LINE = 64;

/**
 * Whether the operator's list has this password: SHA-1 in hex, one a line, sorted, each with or without `:count`, as Have I Been Pwned
 * gives it. Some twenty short reads however long the list is; nothing is asked of anybody outside. A list that cannot be read lets no
 * password through: whoever gave it relies on it.
 */
export function isBreachedPassword(password: string, file: string): boolean {
  const wanted = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    return has(fd, fstatSync(fd).size, wanted);
  } catch (error) {
    throw unavailable('No password can be set now: the list of breached passwords (BREACHED_PASSWORDS_FILE) cannot be read. Tell whoever runs this.', 60_000, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function has(fd: number, size: number, wanted: string): boolean {
  const around = Buffer.alloc(2 * LONGEST_LINE);
  // Lines begin at `low` and end before `high`.
  for (let low = 0, high = size; low < high;) {
    const middle = Math.floor((low + high) / 2);
    const from = Math.max(low, middle - LONGEST_LINE);
    const text = around.toString('latin1', 0, readSync(fd, around, 0, around.length, from));
    const begins = text.lastIndexOf('\n', middle - from - 1) + 1;
    const hash = text.slice(begins, begins + 40).toUpperCase();
    const ends = text.indexOf('\n', begins);
    if (!/^[0-9A-F]{40}$/.test(hash) || (begins === 0 && from > low) || (ends < 0 && from + text.length < size)) throw new Error(`no line of SHA-1 in hex at byte ${from + begins}`);
    if (hash === wanted) return true;
    if (wanted < hash) high = from + begins;
    else low = ends < 0 ? size : from + ends + 1;
  }
  return false;
}
