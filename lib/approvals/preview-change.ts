import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { typedTexts } from '@/lib/narrowing';
import type { ChangeStep } from '@/lib/narrowing/schema';
import { parseInput } from '@/lib/parse-input';
import { readPayloadsFor } from '@/lib/payloads';
import type { Issue } from '@/lib/protocol/wire-error';
import { differenceOf, type ValueChange } from './difference';
import { comparedChange, type ChangeJudge } from './prepare-change';
import { covers, rebound } from './rebind';
import { groupWords } from './rules';
import { askedRouteSchema, signApprovalSchema } from './schema';

/** What a change would come to: nothing of it is written, and it is judged once more when it is sent. */
export type ChangePreview = {
  kind: 'same' | 'narrowing' | 'replacement'; steps: ChangeStep[]; difference: ValueChange[];
  refused: { because: string; issues: Issue[] } | null;
  /** Who decides then, where the rules ask for other people than are asked now. */
  asksNow: string | null;
};

/** Compares and judges a change as `decideApproval` would, for whoever is about to make it; that they read the values is on the record. */
export async function previewChange(ctx: Context, input: unknown, gate: ChangeJudge): Promise<ChangePreview> {
  authorise(ctx, 'approval.decide');
  authorise(ctx, 'payload.read');
  const { approvalId, digest, args, edits } = parseInput(signApprovalSchema, input);
  const [row] = await sql.rows<{ route: unknown }>('SELECT route FROM approval WHERE id = $1', [approvalId]);
  if (!row) throw notFound('There is no such approval.');
  const compared = await comparedChange(gate.toolOf, approvalId, digest, args ? { args } : { edits: edits ?? [] });
  if (!compared) throw conflict('The arguments changed since you looked. Read them again, and then change them.', { why: 'stale_digest' });
  const { comparison, before, to, actionId } = compared;
  // What differs is told value by value: whoever asks for that has read the arguments, also without their card.
  await readPayloadsFor(ctx, { sessionId: compared.sessionId, payloadIds: [compared.from.payloadId], why: `approval ${approvalId}` });
  const difference = differenceOf(before, to.args);
  if (comparison.kind === 'same') return { ...comparison, difference, refused: null, asksNow: null };
  const judged = await gate.judge({ actionId, args: to.args, typed: typedTexts(before, to.args) });
  const route = askedRouteSchema.parse(row.route);
  return {
    ...comparison, difference,
    refused: judged.effect === 'deny' ? { because: judged.reason, issues: judged.issues.map(({ path, message }) => ({ path, message })) } : null,
    asksNow: judged.obligation && !covers(route, judged.obligation) ? groupWords(rebound(route, judged.obligation).groups) : null,
  };
}
