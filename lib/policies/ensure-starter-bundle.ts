import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import type { KeyProvider } from '@/lib/signing';
import { highestSequence } from './highest-sequence';
import { publishBundle } from './publish-bundle';
import { starterBundle } from './starter';

/** Publishes the starter bundle where none was ever published; does nothing else, ever. */
export async function ensureStarterBundle(ctx: Context, deps: { keys: KeyProvider }): Promise<'published' | 'present'> {
  if ((await highestSequence(sql)) > 0) return 'present';
  try {
    await publishBundle(ctx, { bundle: starterBundle(1) }, deps);
    return 'published';
  } catch (error) {
    // Another process was first, which is just as well.
    if (error instanceof DomainError && error.code === 'conflict') return 'present';
    throw error;
  }
}
