import type { RecordedActor } from '@/lib/context';
import { newId } from '@/lib/protocol/ids';
import { organisationStream, sessionStream, type EventData, type EventType, type StreamId } from './catalogue';

/** An event before it has its place in a stream. */
export type NewEvent<T extends EventType = EventType> = {
  [K in T]: { id: string; stream: StreamId; type: K; data: EventData<K>; agentId?: string; occurredAt?: string; receivedAt?: string };
}[T];

/** An event as it is hashed: this object's canonical JSON, nothing more. */
export type RecordedEvent = {
  id: string;
  stream: string;
  seq: number;
  type: string;
  actor: RecordedActor;
  data: unknown;
  recordedAt: string;
  receivedAt?: string;
  occurredAt?: string;
};

type Extra = { agentId?: string; occurredAt?: string; receivedAt?: string };

/** An event of a session's own stream. */
export function sessionEvent<T extends EventType>(sessionId: string, type: T, data: EventData<T>, extra: Extra = {}): NewEvent {
  return { id: newId(), stream: sessionStream(sessionId), type, data, ...extra } as NewEvent;
}

/** An event of the organisation; its stream follows from its type. */
export function organisationEvent<T extends EventType>(type: T, data: EventData<T>, extra: Extra = {}): NewEvent {
  return { id: newId(), stream: organisationStream(type), type, data, ...extra } as NewEvent;
}
