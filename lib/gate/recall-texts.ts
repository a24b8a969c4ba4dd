import { setImmediate } from 'node:timers/promises';
import { sql } from '@/lib/db';
import { sessionStream } from '@/lib/log';
import { readPayloads } from '@/lib/payloads';
import type { Origin } from '@/lib/protocol/decision';
import { MOST_KEPT } from '@/lib/provenance';
import type { LiveSession } from './live-session';

type Payload = { payloadId: string; bytes: number };
type EventData = { origin?: Origin; content?: Payload; output?: Payload | null; error?: string | null };
type Recalled = { seq: number; type: string; data: EventData };

const PAGE = 500;
/** Older texts than this many bytes of newer ones are kept by nobody: they are more than an index holds, however they are folded. */
const FAR_ENOUGH = 4 * MOST_KEPT;
/** Between so many others get their turn. */
const PORTION = 50;

/**
 * Adds what was written to the session's stream after `textsTo` and is not known here: after a return to it, or when another gateway
 * had it for a while. The texts are added in their order and as they were the first time, so the same arguments get the same provenance.
 */
export async function recallTexts(session: LiveSession): Promise<void> {
  const events = await eventsAfter(session);
  for (let from = 0; from < events.length; from += PORTION) {
    const portion = events.slice(from, from + PORTION);
    const payloads = await readPayloads(session.row.id, portion.flatMap(({ data }) => payloadOf(data)?.payloadId ?? []));
    for (const { seq, type, data } of portion) {
      const payload = payloadOf(data);
      const value = payload === undefined ? undefined : payloads.get(payload.payloadId);
      // What was erased is in no text any more: it counts as the model's.
      if (type === 'input.added') noteInput(session, seq, data.origin ?? 'tool', value);
      else if (type === 'plan.submitted') notePlan(session, seq, value);
      else if (type === 'approval.changed') noteChange(session, seq, Array.isArray(value) ? value : []);
      else noteResult(session, seq, value, data.error);
    }
    await setImmediate();
  }
}

export function noteInput(session: LiveSession, seq: number, origin: Origin, text: unknown): void {
  session.seen.add(seq, origin, [text]);
}

/** A result's error is read by the agent as its output is; of it the log's redacted rendering is kept, and nothing else. */
export function noteResult(session: LiveSession, seq: number, output: unknown, error: string | null | undefined): void {
  session.seen.add(seq, 'tool', [output, error]);
}

/** What a plan says beforehand is the model's, and says where it first did. */
export function notePlan(session: LiveSession, seq: number, steps: unknown): void {
  session.seen.add(seq, 'model', Array.isArray(steps) ? steps.map((step: { args?: unknown }) => step.args) : []);
}

/** What an approver wrote into a call's arguments is a person's own words. Whatever of it was copied from elsewhere still counts as from there. */
export function noteChange(session: LiveSession, seq: number, typed: readonly unknown[]): void {
  session.seen.add(seq, 'operator', typed);
}

const payloadOf = (data: EventData): Payload | undefined => data.content ?? data.output ?? undefined;

/** Newest first from the database, as far as an index reaches; oldest first from here. */
async function eventsAfter({ row, textsTo, seen }: LiveSession): Promise<Recalled[]> {
  const found: Recalled[] = [];
  let bytes = 0;
  let before = Number.MAX_SAFE_INTEGER;
  for (let more = true; more && bytes < FAR_ENOUGH;) {
    const rows = await sql.rows<{ seq: bigint; type: string; body: string }>(
      `SELECT seq, type, body FROM log.event WHERE stream = $1 AND type IN ('input.added', 'action.finished', 'plan.submitted', 'approval.changed') AND seq > $2 AND seq < $3 ORDER BY seq DESC LIMIT ${PAGE}`,
      [sessionStream(row.id), textsTo, before]);
    more = rows.length === PAGE;
    for (const { seq, type, body } of rows) {
      before = Number(seq);
      const { content, output, origin, error } = (JSON.parse(body) as { data: EventData }).data;
      bytes += (content ?? output)?.bytes ?? 0;
      if (!seen.has(before)) found.push({ seq: before, type, data: { ...(content ? { content } : {}), ...(output ? { output } : {}), ...(origin ? { origin } : {}), ...(error ? { error } : {}) } });
    }
  }
  return found.reverse();
}
