import type { RecordedActor } from '@/lib/context';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { linkHash } from './chain';
import type { NewEvent, RecordedEvent } from './event';

/** A row of log.event, ready to be inserted. */
export type EventRow = { stream: string; seq: number; month: string; id: string; type: string; recorded_at: string; agent_id: string | null; body: string; hash: string };

/** Gives an event its number and links it to the one before: `hash = SHA-256(prev ‖ JCS(event))`. */
export function sealEvent(event: NewEvent, actor: RecordedActor, seq: number, head: string, recordedAt: string): EventRow {
  const recorded: RecordedEvent = { id: event.id, stream: event.stream, seq, type: event.type, actor, data: event.data, recordedAt };
  if (event.receivedAt) recorded.receivedAt = event.receivedAt;
  if (event.occurredAt) recorded.occurredAt = event.occurredAt;
  const body = canonicalJson(recorded);
  return {
    stream: event.stream, seq, month: `${recordedAt.slice(0, 7)}-01`, id: event.id, type: event.type, recorded_at: recordedAt,
    agent_id: event.agentId ?? null, body, hash: linkHash(head, body),
  };
}
