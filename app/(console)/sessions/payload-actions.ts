'use server';

import { runAction } from '@/app/_session/action-result';
import { readDump } from '@/lib/dumps';
import { eraseSession, revealPayload } from '@/lib/payloads';

/** A text with its secrets, for whoever said why. It is in this answer and nowhere else. */
export async function revealText(sessionId: string, input: { payloadId: string; reason: string }): Promise<{ ok: true; text: string } | { ok: false; because: string }> {
  const revealed = await runAction((ctx) => revealPayload(ctx, { sessionId, payloadId: input.payloadId, reason: input.reason }));
  if (!revealed.ok) return { ok: false, because: revealed.error.message };
  const { value } = revealed.value;
  return { ok: true, text: typeof value === 'string' ? value : JSON.stringify(value, null, 2) };
}

/** What a stopped session was, as indented JSON. Asked for by a press, since reading it is on the record. */
export async function loadDump(sessionId: string): Promise<{ ok: true; text: string; hidden: number } | { ok: false; because: string }> {
  const read = await runAction((ctx) => readDump(ctx, { sessionId }));
  if (!read.ok) return { ok: false, because: read.error.message };
  const { content } = read.value;
  if (content.kind === 'text') return { ok: true, text: JSON.stringify(inReadingOrder(content.value), null, 2), hidden: content.hidden };
  return { ok: false, because: content.kind === 'erased' ? `It was erased: ${content.why}` : 'It does not open: the key that wraps it is missing here.' };
}

/** As a person reads it: whose it was and why it ended first, the long lists after. What is kept is canonical JSON, in the order of the letters. */
function inReadingOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const parts = value as Record<string, unknown>;
  const first = ['session', 'stop', 'log', 'pending', 'plan', 'context', 'calls', 'credentials'].filter((key) => key in parts);
  return { ...Object.fromEntries(first.map((key) => [key, parts[key]])), ...parts };
}

export async function eraseTexts(sessionId: string, reason: string): Promise<{ ok: true } | { ok: false; because: string }> {
  const asked = await runAction((ctx) => eraseSession(ctx, { sessionId, reason }));
  return asked.ok ? { ok: true } : { ok: false, because: asked.error.message };
}
