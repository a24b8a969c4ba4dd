'use server';

import { runAction } from '@/app/_session/action-result';
import type { LinkResult, Result } from '@/components/access/view';
import { createToken, deactivatePerson, makeSetupLink, revokePasskey, revokeSignIn, revokeToken } from '@/lib/access';
import { env } from '@/lib/env';

type Done<T> = { ok: true; value: T } | { ok: false; error: { message: string } };
const result = (done: Done<unknown>): Result => (done.ok ? { ok: true } : { ok: false, because: done.error.message });
const link = (done: Done<{ path: string; expiresAt: string }>): LinkResult => (done.ok ? { ok: true, url: `${env().publicUrl}${done.value.path}`, expiresAt: done.value.expiresAt } : { ok: false, because: done.error.message });

export async function newLink(personId: string): Promise<LinkResult> {
  return link(await runAction((ctx) => makeSetupLink(ctx, personId)));
}

export async function deactivate(personId: string): Promise<Result> {
  return result(await runAction((ctx) => deactivatePerson(ctx, personId)));
}

export async function endPasskeyOf(id: string): Promise<Result> {
  return result(await runAction((ctx) => revokePasskey(ctx, id)));
}

export async function endSignIn(id: string): Promise<Result> {
  return result(await runAction((ctx) => revokeSignIn(ctx, id)));
}

export async function endToken(id: string): Promise<Result> {
  return result(await runAction((ctx) => revokeToken(ctx, id)));
}

/** Makes a token for oneself; it is in this answer and nowhere else afterwards. */
export async function makeToken(input: { name: string; limit?: 'read_only' | 'deny_and_stop'; expiresInDays?: number }): Promise<{ ok: true; token: string } | { ok: false; because: string }> {
  const made = await runAction((ctx) => createToken(ctx, input));
  return made.ok ? { ok: true, token: made.value.token } : { ok: false, because: made.error.message };
}
