/** Goes to the provider and comes back signed in, or linked. A request and not a form: our content policy keeps forms here. Rejects when that cannot be begun. */
export async function visitProvider(fields: Record<string, string>): Promise<void> {
  const { csrfToken } = (await (await fetch('/api/auth/csrf', { cache: 'no-store' })).json()) as { csrfToken: string };
  const answer = await fetch('/api/auth/signin/oidc', { method: 'POST', body: new URLSearchParams({ ...fields, csrfToken, json: 'true' }) });
  const { url } = (await answer.json()) as { url?: string };
  if (!answer.ok || !url) throw new Error('There is no address to go to.');
  window.location.assign(url);
}
