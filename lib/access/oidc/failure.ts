import { DomainError } from '@/lib/errors';
import { oidcSentence, type OidcWord } from './words';

/** A sign-in by the provider that came to nothing, with the word the sign-in page knows. `detail` is ours and for the operator's log: it quotes nothing that came in. */
export function oidcFailure(word: OidcWord, detail: string, cause?: unknown): DomainError {
  return new DomainError(word === 'oidc_down' ? 'unavailable' : 'unauthenticated', oidcSentence(word, 'The sign-in provider'), { data: { word, detail }, cause });
}

/** The word and the detail of such a failure; undefined for any other error. */
export function oidcFailureOf(error: unknown): { word: OidcWord; detail: string } | undefined {
  const data = error instanceof DomainError ? error.data : undefined;
  return typeof data?.word === 'string' && typeof data.detail === 'string' ? { word: data.word as OidcWord, detail: data.detail } : undefined;
}
