'use client';

import { SignInForm, type SignInOutcome } from '@/components/access/sign-in-form';

/** Signs in by next-auth's own endpoint, then loads the next page anew, so that nothing of the time before is left in memory. */
export function PasswordSignIn({ next, notice }: { next: string; notice?: string | undefined }) {
  async function signIn(email: string, password: string): Promise<SignInOutcome> {
    const { csrfToken } = (await (await fetch('/api/auth/csrf', { cache: 'no-store' })).json()) as { csrfToken: string };
    const answer = await fetch('/api/auth/callback/credentials', { method: 'POST', body: new URLSearchParams({ csrfToken, email, password, callbackUrl: next, json: 'true' }) });
    if (answer.status !== 200) {
      // The cause is in the address that next-auth would lead to: one word of ours, or its own for a refusal.
      const { url } = (await answer.json()) as { url?: string };
      return url && new URL(url, window.location.href).searchParams.get('error') === 'CredentialsSignin' ? 'refused' : 'unavailable';
    }
    window.location.assign(next);
    return 'opened';
  }
  return <SignInForm signIn={signIn} notice={notice} />;
}
