import { z } from 'zod';
import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { conflict, notFound } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { readPayloadsFor } from '@/lib/payloads';
import { idSchema } from '@/lib/protocol/ids';
import { dumpOf } from './queries';
import type { ReadDump } from './schema';

/** What a session was when it was stopped, detected secrets hidden. That somebody read it is on the record before it is handed over. */
export async function readDump(ctx: Context, input: { sessionId: string }): Promise<ReadDump> {
  authorise(ctx, 'payload.read');
  const { sessionId } = parseInput(z.strictObject({ sessionId: idSchema }), input);
  const dump = await dumpOf(sessionId);
  if (!dump) throw notFound('No stop has ended this session, so nothing was written down.');
  if (dump.state === 'due') throw conflict('What this session was is being written down. Look again in some seconds.');
  if (dump.state === 'erased_before') throw conflict('The texts of this session were erased before what it was could be written down.');
  const shown = await readPayloadsFor(ctx, { sessionId, payloadIds: [dump.payloadId], why: 'what it was when it was stopped' });
  return { dump, content: shown.get(dump.payloadId) ?? { kind: 'unreadable' } };
}
