import type { SignInOutcome } from '@/components/access/sign-in-form';

const words: Record<string, SignInOutcome> = { CredentialsSignin: 'refused', second_step: 'second_step', second_step_over: 'second_step_over', code_used: 'code_used', code_locked: 'code_locked', password_too_long: 'password_too_long' };

/** Posts to a way in by next-auth's own endpoint; when it opens, loads the next page anew, so that nothing of the time before is left in memory. */
export async function tryWayIn(id: string, fields: Record<string, string>, next: string): Promise<SignInOutcome> {
  const { csrfToken } = (await (await fetch('/api/auth/csrf', { cache: 'no-store' })).json()) as { csrfToken: string };
  const answer = await fetch(`/api/auth/callback/${id}`, { method: 'POST', body: new URLSearchParams({ ...fields, csrfToken, callbackUrl: next, json: 'true' }) });
  if (answer.status !== 200) {
    // The cause is in the address that next-auth would lead to: one word of ours, or its own for a refusal.
    const { url } = (await answer.json()) as { url?: string };
    return words[(url && new URL(url, window.location.href).searchParams.get('error')) || ''] ?? 'unavailable';
  }
  window.location.assign(next);
  return 'opened';
}
