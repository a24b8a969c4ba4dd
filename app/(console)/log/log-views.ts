import type { LogEvent } from '@/components/log/view';
import type { PlacedEvent } from '@/lib/log';
import { shortId } from '@/lib/protocol/ids';
import { actorName, eventWords } from '../sessions/event-sentence';

/** An event of any stream as a line of the log. */
export function logEvent(event: PlacedEvent): LogEvent {
  const sessionId = event.stream.startsWith('session/') ? event.stream.slice('session/'.length) : undefined;
  return {
    id: event.id, stream: event.stream, seq: event.seq, type: event.type, actor: actorName(event.actor), recordedAt: event.recordedAt, hash: event.hash,
    summary: sessionId ? eventWords(event).sentence.map((part) => part.text).join('') : facts(event.data),
    ...(sessionId ? { session: { id: sessionId, shortId: shortId(sessionId) } } : {}),
  };
}

/** The organisation's events say little by themselves: their own fields, in order, short. */
function facts(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  return Object.entries(data).filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => `${name} ${short(value)}`).join(', ').slice(0, 400);
}

function short(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string') return /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(value) ? shortId(value) : value.length > 80 ? `${value.slice(0, 60)} …` : value;
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? value.join(' ') || 'none' : `${value.length}`;
  return typeof value === 'object' ? Object.entries(value as object).map(([name, inner]) => `${name} ${short(inner)}`).join(' ') : String(value);
}

export const streamLabel = (id: string): string => id.replace(/^org\//, '');
