import type { TokenView } from '@/lib/access/schema';

/** What a token may be held to, as the end of a sentence about it. */
export const limitWords = { read_only: 'reads only', deny_and_stop: 'denies and stops only' } as const;
export type TokenLimit = keyof typeof limitWords;
export const isTokenLimit = (value: string): value is TokenLimit => value in limitWords;

/** What a token is held to besides named verbs; empty for nothing. */
export const holdWords = ({ limit, environments }: Pick<TokenView, 'limit' | 'environments'>): string =>
  [limit ? limitWords[limit] : null, environments.length > 0 ? `in ${environments.join(', ')}` : null].filter(Boolean).join('; ');
