import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';

const LATE_CLOCKS_MS = 60 * 60_000;

/** Drops the names of assertions that are long past their time, so could not be used again anyway. Nothing of it is on the record. */
export async function forgetUsedAssertions(ctx: Context): Promise<void> {
  await sql.rows('DELETE FROM assertion_use WHERE expires_at < $1', [new Date(ctx.now().getTime() - LATE_CLOCKS_MS)]);
}
