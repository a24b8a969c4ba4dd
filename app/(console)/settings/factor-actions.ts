'use server';

import { runAction } from '@/app/_session/action-result';
import type { Answer, Enrolment, FieldResult, Result } from '@/components/access/view';
import { changePassword, changeSetting, confirmTotp, disownDevice, enrolTotp, knowDevice, makeRecoveryCodes, removeTotp, resetTotp, revokeOtherSignIns } from '@/lib/access';
import { env } from '@/lib/env';
import { qrPath } from './qr-path';

type Done<T> = { ok: true; value: T } | { ok: false; error: { message: string } };
const result = (done: Done<unknown>): Result => (done.ok ? { ok: true } : { ok: false, because: done.error.message });
const answer = <T>(done: Done<T>): Answer<T> => (done.ok ? done : { ok: false, because: done.error.message });

export async function setOwnPassword(input: { current: string; password: string }): Promise<FieldResult> {
  const done = await runAction((ctx, { signInId }) => changePassword(ctx, { current: String(input.current), password: String(input.password), signInId }));
  if (done.ok) return { ok: true };
  const [issue] = done.error.issues ?? [];
  return { ok: false, because: done.error.message, ...(issue && { path: issue.path }) };
}

export async function beginTotp(proof: string): Promise<Answer<Enrolment>> {
  // Which console it is stands beside the address in the app.
  const issuer = `Countersign (${new URL(env().publicUrl).host})`;
  const done = await runAction((ctx) => enrolTotp(ctx, { proof: String(proof), issuer }));
  return done.ok ? { ok: true, value: { secret: done.value.secret, qr: qrPath(done.value.uri) } } : answer(done);
}

export async function turnTotpOn(code: string): Promise<Answer<{ codes: string[] | null }>> {
  return answer(await runAction((ctx) => confirmTotp(ctx, { code: String(code) })));
}

export async function takeTotpOff(proof: string): Promise<Result> {
  return result(await runAction((ctx) => removeTotp(ctx, { proof: String(proof) })));
}

export async function resetTotpOf(personId: string): Promise<Result> {
  return result(await runAction((ctx) => resetTotp(ctx, personId)));
}

export async function newRecoveryCodes(proof: string): Promise<Answer<{ codes: string[] }>> {
  return answer(await runAction((ctx) => makeRecoveryCodes(ctx, { proof: String(proof) })));
}

export async function endOtherSignIns(): Promise<Result> {
  return result(await runAction((ctx) => revokeOtherSignIns(ctx)));
}

export async function iKnowDevice(id: string): Promise<Result> {
  return result(await runAction((ctx) => knowDevice(ctx, id)));
}

export async function itWasNotMe(id: string): Promise<Result> {
  return result(await runAction((ctx) => disownDevice(ctx, id)));
}

/** Both limits; what fits is told by the first that doesn't. */
export async function setSignInLimits(input: { idleMinutes: number; absoluteHours: number }): Promise<FieldResult> {
  for (const [key, value, path] of [['sign_in_idle_minutes', input.idleMinutes, '/idle'], ['sign_in_absolute_hours', input.absoluteHours, '/absolute']] as const) {
    const done = await runAction((ctx) => changeSetting(ctx, key, value));
    if (!done.ok) return { ok: false, because: done.error.issues?.[0]?.message ?? done.error.message, path };
  }
  return { ok: true };
}

export async function setSecondFactorFrom(from: string): Promise<FieldResult> {
  return result(await runAction((ctx) => changeSetting(ctx, 'second_factor_from', String(from))));
}
