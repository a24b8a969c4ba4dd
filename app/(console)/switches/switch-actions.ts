'use server';

import { redirect } from 'next/navigation';
import { runAction, type ActionResult } from '@/app/_session/action-result';
import type { BeginRelease, EndHold, EngageResult, ReleaseResult, RequestRelease, RevokeControlKey, SecondRelease } from '@/components/switches/view';
import type { EngageInput, OrderView } from '@/lib/switches/schema';
import { HOLD_MINUTES } from '@/lib/protocol/limits';
import { beginRelease, endHold, engageSwitch, giveReason, releaseSwitch, requestRelease, revokeControlKey, withdrawRelease } from '@/lib/switches';

/** Engages a stop. What it hits is worked off by control; the order's own page shows how far it has come. */
export const engage = async (input: EngageInput): Promise<EngageResult> => order(await runAction((ctx) => engageSwitch(ctx, input)));

/** The gentle way: what it holds keeps its state, and goes on after the release. */
export const pause = async (input: EngageInput): Promise<EngageResult> => order(await runAction((ctx) => engageSwitch(ctx, input, 'pause')));

function order(done: ActionResult<OrderView>): EngageResult {
  return done.ok ? { ok: true, orderId: done.value.id } : { ok: false, because: done.error.message, code: done.error.code };
}

/** The same from a plain form, for a browser that runs no script: `cover` is a scope, or a scope and its target. */
export async function engageByForm(form: FormData): Promise<void> {
  const [scope = '', ...target] = String(form.get('cover') ?? '').split(' ');
  const hold = form.get('hold') === 'on' && (scope === 'session' || scope === 'instance');
  const done = await engage({ scope, ...(target.length > 0 ? { target: target.join(' ') } : {}), ...(hold ? { holdMinutes: HOLD_MINUTES } : {}) } as EngageInput);
  redirect(done.ok ? `/switches/${done.orderId}` : `/switches?refused=${encodeURIComponent(done.because.slice(0, 300))}`);
}

export const signRelease: BeginRelease = async (input) => runAction((ctx) => beginRelease(ctx, input));
export const askForRelease: RequestRelease = async (input) => released(await runAction((ctx) => requestRelease(ctx, input)));
export const secondRelease: SecondRelease = async (input) => released(await runAction((ctx) => releaseSwitch(ctx, input)));
export const keepStopped = async (orderId: string): Promise<ReleaseResult> => released(await runAction((ctx) => withdrawRelease(ctx, { orderId })));
export const endControlKey: RevokeControlKey = async (key) => released(await runAction((ctx) => revokeControlKey(ctx, { key })));

export const endHoldOf: EndHold = async (agentId) => released(await runAction((ctx) => endHold(ctx, { agentId })));

export async function sayWhy(input: { orderId: string; reason: string }): Promise<ReleaseResult> {
  return released(await runAction((ctx) => giveReason(ctx, input)));
}

const released = (done: { ok: true } | { ok: false; error: { message: string } }): ReleaseResult => (done.ok ? { ok: true } : { ok: false, because: done.error.message });
