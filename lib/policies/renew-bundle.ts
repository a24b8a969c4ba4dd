import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import { readUnverifiedJws } from '@/lib/protocol/verify-jws';
import type { KeyProvider } from '@/lib/signing';
import { highestSequence } from './highest-sequence';
import { publishBundle } from './publish-bundle';
import { openBundle, type SignedBundle } from './sign-bundle';

/** Publishes what is in force under the next sequence, where a key that is being replaced signed it: a bundle itself is never changed. */
export async function renewBundle(ctx: Context, previousKid: string, keys: KeyProvider): Promise<'renewed' | 'current'> {
  const [row] = await sql.rows<SignedBundle>('SELECT sequence, sha256, body, jws FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1');
  const read = row && readUnverifiedJws(row.jws);
  if (!row || !read?.ok || read.kid !== previousKid) return 'current';
  // Only what that key really signed is signed anew: a forged row must not be made a true one.
  if (!openBundle(row, keys.verificationKeys('bundle')).ok) return 'current';
  const text = parseStrictJson(Buffer.from(row.body), { maxBytes: 32 * 1024 * 1024 });
  if (!text.ok) return 'current';
  await publishBundle(ctx, { bundle: { ...(text.value as object), sequence: (await highestSequence(sql)) + 1 } }, { keys });
  return 'renewed';
}
