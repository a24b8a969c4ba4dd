'use server';

import { runAction } from '@/app/_session/action-result';
import { listStopKeys, registerStopKey, revokeStopKey } from '@/lib/access';

/** Keeps the public half of the key that this browser made for itself. */
export async function keepStopKey(input: { jwk: Record<string, unknown>; name: string; replaces?: string }): Promise<{ ok: true; id: string; expiresAt: string } | { ok: false }> {
  const done = await runAction((ctx) => registerStopKey(ctx, input));
  return done.ok ? { ok: true, ...done.value } : { ok: false };
}

export async function isStopKeyLive(keyId: string): Promise<boolean> {
  const done = await runAction((ctx) => listStopKeys(ctx));
  return done.ok && done.value.some((key) => key.id === keyId);
}

export async function endStopKey(keyId: string): Promise<{ ok: true } | { ok: false; because: string }> {
  const done = await runAction((ctx) => revokeStopKey(ctx, keyId));
  return done.ok ? { ok: true } : { ok: false, because: done.error.message };
}
