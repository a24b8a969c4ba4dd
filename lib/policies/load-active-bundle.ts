import type { Sql } from '@/lib/db';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { BundleProblem, prepareBundleGently, type PreparedBundle } from './cedar/prepare-bundle';
import { highestSequence } from './highest-sequence';
import type { PolicyVersion } from './schema';
import { openBundle, type SignedBundle } from './sign-bundle';

/** The bundle that this process decides by. */
export type ActiveBundle = PolicyVersion & { prepared: PreparedBundle };
export type Loaded =
  | { kind: 'loaded'; active: ActiveBundle }
  | { kind: 'unchanged' }
  /** The newest bundle may not be used; whoever has a good one keeps it. */
  | { kind: 'refused'; sequence: number; reason: string };

/**
 * Reads the newest active bundle and prepares it if signature, hash and sequence hold. Never falls back to an older
 * row: whoever could damage the newest would then choose the rules.
 */
export async function loadActiveBundle(sql: Sql, keys: KeySet, current?: PolicyVersion): Promise<Loaded> {
  const [row] = await sql.rows<SignedBundle>('SELECT sequence, sha256, body, jws FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1');
  const highest = await highestSequence(sql);
  if (!row) return { kind: 'refused', sequence: highest, reason: highest === 0 ? 'there is none yet' : `it is gone; the log remembers sequence ${highest}` };
  const refused = (reason: string): Loaded => ({ kind: 'refused', sequence: row.sequence, reason });
  if (row.sequence < highest) return refused(`it is older than sequence ${highest}, which the log remembers`);
  if (current && row.sequence < current.sequence) return refused(`it is older than sequence ${current.sequence}, which is in use`);
  if (current && row.sequence === current.sequence) return row.sha256 === current.sha256 ? { kind: 'unchanged' } : refused('it changed under the same sequence');
  const opened = openBundle(row, keys);
  if (!opened.ok) return refused(opened.reason);
  try {
    const prepared = await prepareBundleGently(opened.bundle);
    return { kind: 'loaded', active: { version: String(row.sequence), sequence: row.sequence, sha256: row.sha256, prepared } };
  } catch (error) {
    if (error instanceof BundleProblem) return refused(error.message);
    throw error;
  }
}
