/** Why a sign-in by the provider came to nothing, as it stands in the sign-in page's address. A closed list: nothing else from an address is ever shown. */
export const oidcWords = ['oidc_down', 'oidc_denied', 'oidc_again', 'oidc_refused', 'oidc_unverified', 'oidc_groups', 'oidc_no_account', 'oidc_too_many', 'oidc_not_linked'] as const;
export type OidcWord = (typeof oidcWords)[number];

export const isOidcWord = (value: unknown): value is OidcWord => (oidcWords as readonly unknown[]).includes(value);

/** What a person reads. One sentence for everybody without an account that opens: unknown, deactivated, not linked and without a mapped group are the same to whoever asks. */
export function oidcSentence(word: OidcWord, provider: string): string {
  switch (word) {
    case 'oidc_down': return `${provider} does not answer as it should at the moment. Nothing is wrong with your account; try again shortly, or sign in another way.`;
    case 'oidc_denied': return `${provider} did not let you through, or you turned back there. Nothing was changed.`;
    case 'oidc_again': return 'This sign-in was not begun in this browser, or it took too long. Begin it again from this page.';
    case 'oidc_refused': return `The answer that came from ${provider} could not be trusted, so it was refused. Try once more; if it happens again, tell an administrator: the log of the console says which check it failed.`;
    case 'oidc_unverified': return `${provider} has not verified your e-mail address. Verify it there, then sign in again.`;
    case 'oidc_groups': return `${provider} did not say in a readable way which groups you are in, and your rights here follow them. An administrator there can limit the groups that it sends.`;
    case 'oidc_no_account': return `${provider} knows you; this console has no account that it opens now. If you have a password here, sign in with it and link ${provider} under You in the settings. An administrator can help with everything else.`;
    case 'oidc_not_linked': return `Your account at ${provider} is linked to somebody else here, or another one is linked to you already. Nothing was changed.`;
    case 'oidc_too_many': return 'Too many sign-ins from your address came to nothing. Wait some minutes, then begin again.';
  }
}
