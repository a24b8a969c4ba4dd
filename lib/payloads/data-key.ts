import type { Sql } from '@/lib/db';
import { conflict } from '@/lib/errors';
import type { Wrapper } from '@/lib/signing';

/** Opens the session's data key; throws `conflict` when it was erased. */
export async function sessionDataKey(tx: Sql, sessionId: string, wrapper: Wrapper): Promise<Buffer> {
  const [row] = await tx.rows<{ wrapped: Buffer | null; wrapping_key_id: string }>('SELECT wrapped, wrapping_key_id FROM session_key WHERE session_id = $1', [sessionId]);
  if (!row?.wrapped) throw conflict('The texts of this session were erased.');
  const opened = await wrapper.unwrap({ keyId: row.wrapping_key_id, bytes: Buffer.from(row.wrapped) }, sessionId);
  if (!opened.ok) throw new Error(`the data key of session ${sessionId} does not open (${opened.reason}); was the payload wrapping key replaced?`);
  return opened.bytes;
}
