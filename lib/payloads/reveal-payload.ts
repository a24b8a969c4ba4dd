import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { lockStream, record, sessionEvent, sessionStream } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { readPayloads } from './read-payloads';
import { revealPayloadSchema, type RevealPayload } from './schema';

/** The text as it is, detected secrets and all. Who saw it and why is on the record before it is shown. */
export async function revealPayload(ctx: Context, input: RevealPayload): Promise<{ value: unknown }> {
  authorise(ctx, 'payload.reveal');
  const { sessionId, payloadId, reason } = parseInput(revealPayloadSchema, input);
  const kind = await sqlTransaction(async (tx) => {
    await lockStream(tx, sessionStream(sessionId));
    const [row] = await tx.rows<{ kind: string; erased: boolean }>('SELECT kind, erased_at IS NOT NULL AS erased FROM payload WHERE id = $1 AND session_id = $2', [payloadId, sessionId]);
    if (!row) throw notFound('There is no such text in this session.');
    if (row.erased) throw conflict('This text was erased; there is nothing left to reveal.');
    await record(tx, ctx, [sessionEvent(sessionId, 'payload.revealed', { payloadId, sessionId, kind: row.kind, why: reason })]);
    return row.kind;
  });
  const value = (await readPayloads(sessionId, [payloadId])).get(payloadId);
  if (value === undefined) throw conflict(`The text (${kind}) does not open: it was erased a moment ago, or the key that wraps it is missing here.`);
  return { value };
}
