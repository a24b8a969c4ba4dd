import { recordedActor, type Context, type RecordedActor } from '@/lib/context';
import { sqlOfTx, transaction, type Sql, type Tx } from '@/lib/db';
import type { NewEvent } from './event';
import { sealEvent, type EventRow } from './seal-event';

/**
 * Appends events in the transaction that `tx` belongs to: locks each stream's row (in id order, so that two
 * recorders never wait for each other in a circle), links the events and moves the heads. `actorOf` is for what several
 * actors did and one transaction keeps.
 */
export async function record(tx: Sql, ctx: Context, events: readonly NewEvent[], actorOf?: (event: NewEvent) => RecordedActor | undefined): Promise<EventRow[]> {
  if (events.length === 0) return [];
  const ids = [...new Set(events.map((event) => event.stream))].sort();
  let locked = await lockStreams(tx, ids);
  // Nearly always they are there: a stop's transaction should not ask twice for what the first question answers.
  if (locked.length < ids.length) {
    await tx.rows('INSERT INTO log.stream (id) SELECT unnest($1::text[]) ON CONFLICT (id) DO NOTHING', [ids]);
    locked = await lockStreams(tx, ids);
  }
  const places = new Map(locked.map((row) => [row.id, { seq: Number(row.last_seq), head: row.head }]));
  const actor = recordedActor(ctx.actor);
  const recordedAt = ctx.now().toISOString();
  const rows = events.map((event) => {
    const place = places.get(event.stream)!;
    const row = sealEvent(event, actorOf?.(event) ?? actor, place.seq + 1, place.head, recordedAt);
    place.seq = row.seq;
    place.head = row.hash;
    return row;
  });
  const heads = ids.map((id) => ({ id, last_seq: places.get(id)!.seq, head: places.get(id)!.head }));
  await tx.rows(INSERT_EVENTS, [JSON.stringify(rows), JSON.stringify(heads), JSON.stringify({ streams: ids.slice(0, 100) }), ids]);
  return rows;
}

const lockStreams = (tx: Sql, ids: readonly string[]) => tx.rows<{ id: string; last_seq: bigint | number; head: string }>('SELECT id, last_seq, head FROM log.stream WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE', [ids]);

// The list of names beside the join: without it the planner guesses a hundred rows of json and reads every stream there has ever been.
export const INSERT_EVENTS = `
WITH inserted AS (
  INSERT INTO log.event (stream, seq, month, id, type, recorded_at, agent_id, body, hash)
  SELECT stream, seq, month, id, type, recorded_at, agent_id, body, hash
  FROM json_to_recordset($1::json) AS e(stream text, seq bigint, month date, id uuid, type text, recorded_at timestamptz, agent_id uuid, body text, hash text)
), moved AS (
  UPDATE log.stream s SET last_seq = h.last_seq, head = h.head
  FROM json_to_recordset($2::json) AS h(id text, last_seq bigint, head text) WHERE s.id = h.id AND s.id = ANY($4::text[])
)
SELECT pg_notify('cs_log', $3)::text AS notified`;

/**
 * Takes a stream's lock before any row of its session is locked. The gate's batches lock streams first and rows after;
 * whoever did it the other way round would meet one of them in a deadlock.
 */
export async function lockStream(tx: Sql, stream: string): Promise<void> {
  await tx.rows('SELECT 1 FROM log.stream WHERE id = $1 FOR UPDATE', [stream]);
}

export type Written<V> = { view: V; events: readonly [NewEvent, ...NewEvent[]] } | { view: V; unchanged: true };

/**
 * The transaction of a verb that changes something: whoever uses it must hand over the events, or say in so many
 * words that nothing changed. Rows and events commit together or not at all.
 */
export function write<V>(ctx: Context, work: (tx: Tx) => Promise<Written<V>>): Promise<V> {
  return transaction(async (tx) => {
    const written = await work(tx);
    if ('events' in written) await record(sqlOfTx(tx), ctx, written.events);
    return written.view;
  });
}
