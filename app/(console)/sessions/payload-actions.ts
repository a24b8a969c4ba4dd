'use server';

import { runAction } from '@/app/_session/action-result';
import { eraseSession, revealPayload } from '@/lib/payloads';

/** A text with its secrets, for whoever said why. It is in this answer and nowhere else. */
export async function revealText(sessionId: string, input: { payloadId: string; reason: string }): Promise<{ ok: true; text: string } | { ok: false; because: string }> {
  const revealed = await runAction((ctx) => revealPayload(ctx, { sessionId, payloadId: input.payloadId, reason: input.reason }));
  if (!revealed.ok) return { ok: false, because: revealed.error.message };
  const { value } = revealed.value;
  return { ok: true, text: typeof value === 'string' ? value : JSON.stringify(value, null, 2) };
}

export async function eraseTexts(sessionId: string, reason: string): Promise<{ ok: true } | { ok: false; because: string }> {
  const asked = await runAction((ctx) => eraseSession(ctx, { sessionId, reason }));
  return asked.ok ? { ok: true } : { ok: false, because: asked.error.message };
}
