import { isOidcWord, oidcSentence } from '@/lib/access';
import { env } from '@/lib/env';
import { OidcButton } from './oidc-button';
import type { WayProps } from './index';

/** The organisation's own sign-in, where it is set up. */
export function OidcWay({ next, word }: WayProps) {
  const provider = env().oidc;
  if (!provider) return null;
  return <OidcButton name={provider.name} next={next} problem={isOidcWord(word) ? oidcSentence(word, provider.name) : undefined} down={oidcSentence('oidc_down', provider.name)} />;
}
