import { textKinds, type Erased, type PayloadKind, type Retention } from './schema';

const DAY = 86_400_000;

/** Before which moment the texts of each class have aged; a class that is kept is missing. */
export function agedBefore(retention: Retention, now: Date): Partial<Record<PayloadKind, string>> {
  const before = (days: number) => new Date(now.getTime() - days * DAY).toISOString();
  const kept = textKinds.flatMap((kind) => { const days = retention[kind]; return days === null ? [] : [[kind, days] as const]; });
  // What a session was when it was stopped holds texts of every class, and is kept no longer than any of them.
  return { ...Object.fromEntries(kept.map(([kind, days]) => [kind, before(days)])), ...(kept.length === 0 ? {} : { dump: before(Math.min(...kept.map(([, days]) => days))) }) };
}

/** A session that nobody has heard of for a day counts as over: its agent would begin a new one. */
export const lostForGood = (now: Date): string => new Date(now.getTime() - DAY).toISOString();

type ErasedEvent = { recordedAt: string; actor: { kind: string; id: string; name?: string }; data: { why: string; by?: { id: string; name?: string; kind: string } } };

/** By whom and why a text was erased: the event that has its very moment; without one, only that it is gone. */
export function saidOf(erasedAt: string, events: readonly ErasedEvent[]): Erased {
  const event = events.find((one) => one.recordedAt === erasedAt);
  if (!event) return { at: erasedAt, by: 'nobody on record', why: 'The record does not say.' };
  const by = event.data.by;
  return { at: erasedAt, by: by ? (by.kind === 'host' ? `${by.id} on the host` : (by.name ?? by.id)) : 'the clock', why: event.data.why };
}
