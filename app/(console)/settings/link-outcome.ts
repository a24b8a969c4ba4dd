import { isOidcWord, oidcSentence } from '@/lib/access';

/** What came of a visit to the provider, from the word in the page's address; nothing else in an address is ever shown. */
export function linkOutcome(word: unknown, provider: string | undefined): { good: boolean; text: string } | undefined {
  if (!provider) return undefined;
  if (word === 'linked') return { good: true, text: `${provider} opens this account from now on.` };
  return isOidcWord(word) ? { good: false, text: oidcSentence(word, provider) } : undefined;
}
