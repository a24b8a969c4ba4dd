import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { parseInput } from '@/lib/parse-input';
import { idSchema } from '@/lib/protocol/ids';

/** A page draws itself anew with every hint; so often the last opening is written again (seconds). */
const AGAIN_S = 30;

/**
 * That this person has the card of a waiting approval before them. One row a person and approval, with the first time and the last; what has
 * ended is not opened any more, it is looked up. For anybody else than a person it is nothing.
 */
export async function noteOpening(ctx: Context, approvalId: string): Promise<void> {
  authorise(ctx, 'approval.read');
  if (ctx.actor.kind !== 'person') return;
  await sql.rows(
    `INSERT INTO approval_view AS v (approval_id, person_id, first_at, last_at)
     SELECT p.id, $2, clock_timestamp(), clock_timestamp() FROM approval p WHERE p.id = $1 AND p.state IN ('pending', 'partially_approved') AND p.decide_by > clock_timestamp()
     ON CONFLICT (approval_id, person_id) DO UPDATE SET last_at = EXCLUDED.last_at WHERE v.last_at < EXCLUDED.last_at - make_interval(secs => ${AGAIN_S})`,
    [parseInput(idSchema, approvalId), ctx.actor.id],
  );
}
