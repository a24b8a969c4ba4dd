import { sql } from '@/lib/db';
import { payloadWrapper } from '@/lib/signing';
import { sessionDataKey } from './data-key';
import { openValue } from './seal-text';

/**
 * The texts behind these payloads, by id; an erased one, or one that does not open, is missing from the answer. For the gate and
 * for what only compares: whatever a person gets to see goes through `readPayloadsFor`, which puts it on the record.
 */
export async function readPayloads(sessionId: string, payloadIds: readonly string[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  if (payloadIds.length === 0) return found;
  const dataKey = await sessionDataKey(sql, sessionId, payloadWrapper()).catch(() => undefined);
  if (!dataKey) return found;
  const rows = await sql.rows<{ id: string; kind: string; sealed: Uint8Array | null }>('SELECT id, kind, sealed FROM payload WHERE session_id = $1 AND id = ANY($2::uuid[])', [sessionId, payloadIds]);
  for (const row of rows) {
    const value = openValue(sessionId, dataKey, row);
    if (value !== undefined) found.set(row.id, value);
  }
  return found;
}
