import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sql, sqlTransaction, type Sql } from '@/lib/db';
import { hideSecrets } from '@/lib/inspect';
import { lockStream, record, sessionEvent, sessionStream } from '@/lib/log';
import { erasuresOf } from './erasures-of';
import { readPayloads } from './read-payloads';
import { saidOf } from './rules';
import type { ShownPayload } from './schema';

/** Within this time the same text is read again without another event, so that a page that draws itself anew floods nothing (milliseconds). */
const ONE_READING = 10 * 60_000;
/** How far back in a stream a reading is looked for; behind that it is recorded once more. */
const LOOK_BACK = 2_000;

export type Reading = { sessionId: string; payloadIds: readonly string[]; why: string };

/**
 * The texts behind these payloads for somebody who reads them: detected secrets hidden, and what was erased said so. That they
 * were read is on the record before they are handed over. Our own processes read for the gate's sake and leave nothing.
 */
export async function readPayloadsFor(ctx: Context, { sessionId, payloadIds, why }: Reading): Promise<Map<string, ShownPayload>> {
  authorise(ctx, 'payload.read');
  const shown = new Map<string, ShownPayload>();
  if (payloadIds.length === 0) return shown;
  const rows = await sql.rows<{ id: string; erasedAt: Date | null }>('SELECT id, erased_at AS "erasedAt" FROM payload WHERE session_id = $1 AND id = ANY($2::uuid[])', [sessionId, payloadIds]);
  const standing = rows.filter((row) => row.erasedAt === null).map((row) => row.id);
  if (ctx.actor.kind !== 'system') await recordReading(ctx, { sessionId, payloadIds: standing, why });
  const [texts, erasures] = await Promise.all([readPayloads(sessionId, standing), standing.length < rows.length ? erasuresOf(sessionId) : []]);
  for (const { id, erasedAt } of rows) {
    const text = texts.get(id);
    if (erasedAt) shown.set(id, { kind: 'erased', ...saidOf(erasedAt.toISOString(), erasures) });
    else shown.set(id, text === undefined ? { kind: 'unreadable' } : { kind: 'text', ...hideSecrets(text) });
  }
  return shown;
}

async function recordReading(ctx: Context, { sessionId, payloadIds, why }: Reading): Promise<void> {
  if ((await notReadLately(sql, ctx, sessionId, payloadIds)).length === 0) return;
  await sqlTransaction(async (tx) => {
    // Two windows of one person that draw themselves at once take turns here, and the second finds the first one's event.
    await lockStream(tx, sessionStream(sessionId));
    const news = await notReadLately(tx, ctx, sessionId, payloadIds);
    if (news.length > 0) await record(tx, ctx, [sessionEvent(sessionId, 'payload.read', { payloadIds: news, why })]);
  });
}

async function notReadLately(tx: Sql, ctx: Context, sessionId: string, payloadIds: readonly string[]): Promise<string[]> {
  if (payloadIds.length === 0) return [];
  const { kind, id } = recordedActor(ctx.actor);
  const rows = await tx.rows<{ body: string }>(
    `SELECT e.body FROM log.event e WHERE e.stream = $1 AND e.seq > (SELECT s.last_seq - ${LOOK_BACK} FROM log.stream s WHERE s.id = $1) AND e.type = 'payload.read' AND e.recorded_at > $2`,
    [sessionStream(sessionId), new Date(ctx.now().getTime() - ONE_READING)],
  );
  const lately = new Set<string>();
  for (const { body } of rows) {
    const event = JSON.parse(body) as { actor: { kind: string; id: string }; data: { payloadIds: string[] } };
    if (event.actor.kind === kind && event.actor.id === id) for (const payloadId of event.data.payloadIds) lately.add(payloadId);
  }
  return payloadIds.filter((one) => !lately.has(one));
}
