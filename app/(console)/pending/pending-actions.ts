'use server';

import { runAction } from '@/app/_session/action-result';
import type { DecideInput, DecideResult } from '@/components/approvals/view';
import type { ReleaseResult } from '@/components/switches/view';
import type { StepUpAnswer } from '@/lib/access/schema';
import { dismissRequest, finishRequest } from '@/lib/pending';
import { decide } from '../approvals/decide-action';

/** The card's two ways out, for a request: a yes finishes it, a no is a denial like any other and lets the request be. */
export async function decideRequest(id: string, input: DecideInput): Promise<DecideResult> {
  const { stepUp, reason } = input;
  if (input.verdict === 'deny') {
    const answer = await decide(input);
    await runAction((ctx) => dismissRequest(ctx, { id }));
    return answer;
  }
  if (!stepUp) return { kind: 'refused', because: 'This takes your signature. Nothing was done.' };
  const done = await runAction((ctx) => finishRequest(ctx, { id, stepUp, ...(reason ? { reason } : {}) }));
  if (done.ok) return { kind: 'recorded' };
  const { code, message } = done.error;
  return code === 'unavailable' || code === 'internal' || code === 'rate_limited' ? { kind: 'unavailable', because: message } : { kind: 'refused', because: message };
}

export async function finishRelease(id: string, stepUp: Extract<StepUpAnswer, { kind: 'passkey' }>): Promise<ReleaseResult> {
  const done = await runAction((ctx) => finishRequest(ctx, { id, stepUp }));
  return done.ok ? { ok: true } : { ok: false, because: done.error.message };
}

export async function letBe(id: string): Promise<ReleaseResult> {
  const done = await runAction((ctx) => dismissRequest(ctx, { id }));
  return done.ok ? { ok: true } : { ok: false, because: done.error.message };
}
