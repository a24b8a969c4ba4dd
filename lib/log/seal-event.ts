import { createHash } from 'node:crypto';
import type { RecordedActor } from '@/lib/context';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { NewEvent, RecordedEvent } from './event';

export const GENESIS_HEAD = '0'.repeat(64);

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

export const linkHash = (prevHex: string, body: string): string => createHash('sha256').update(prevHex, 'hex').update(body, 'utf8').digest('hex');
