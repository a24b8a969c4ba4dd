import type { AuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import type { OpenedSignIn } from '@/lib/access';
import { asDomainError } from '@/lib/errors';
import { reportFailure } from '../report-failure';
import { arrive, type SignInCall } from '../sign-in-call';

/** One way to sign in, as next-auth sees it. The page's part of it is in app/(public)/sign-in. */
export type WayIn = {
  id: string;
  /** What it uses of next-auth under /api/auth, e.g. `callback/password`; nothing else answers. */
  endpoints: { GET?: readonly string[]; POST?: readonly string[] };
  /** Its provider for this one request. What proves the person ends in `openSignIn`, then in `arrive`. */
  provider: (call: SignInCall) => AuthOptions['providers'][number] | undefined;
  /** For a way that leads elsewhere and back: prepares the call, and may answer in next-auth's place. */
  around?: (call: SignInCall, request: Request, action: string, serve: () => Promise<Response>) => Promise<Response>;
};

/** An answer other than open or refused: a word of ours that the page knows. It goes into an address, so it is never a message. */
export class SignInWord extends Error {
  override readonly name = 'SignInWord';
  constructor(word: 'second_step' | 'second_step_over' | 'code_used' | 'code_locked' | 'password_too_long' | 'unavailable', cause?: unknown) {
    super(word, { cause });
  }
}

/** A way in by fields that the page posts to `callback/<id>`. Refusals are one and the same answer; failures are reported and say no more. */
export function credentialsWay<Name extends string>(id: string, names: readonly Name[], enter: (call: SignInCall, fields: Record<Name, string>) => Promise<OpenedSignIn>): WayIn {
  return {
    id,
    endpoints: { POST: [`callback/${id}`] },
    provider: (call) => Credentials({
      id,
      name: id,
      credentials: Object.fromEntries(names.map((name) => [name, {}])),
      async authorize(credentials) {
        const sent = (credentials ?? {}) as Record<string, unknown>;
        const fields = Object.fromEntries(names.map((name) => [name, typeof sent[name] === 'string' ? sent[name] : ''])) as Record<Name, string>;
        try {
          return arrive(call, await enter(call, fields));
        } catch (error) {
          if (error instanceof SignInWord) throw error;
          const known = asDomainError(error);
          if (known.code === 'unauthenticated') return null;
          reportFailure(error, 'sign-in');
          throw new SignInWord('unavailable', error);
        }
      },
    }),
  };
}
