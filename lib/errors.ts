import type { Issue } from '@/lib/protocol/wire-error';

/** The whole list of what can go wrong in a verb; each transport maps it once. */
export type DomainErrorCode = 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'lease_lapsed' | 'held' | 'rate_limited' | 'unavailable' | 'internal' | 'step_up_required';

export type ErrorDetails = { issues?: Issue[]; retryAfterMs?: number; data?: Record<string, unknown>; cause?: unknown };

/** An expected failure with a message for the person or program that caused it; its message says what to do. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly issues?: Issue[];
  readonly retryAfterMs?: number;
  /** What a transport may show besides the message, e.g. who decided first. */
  readonly data?: Record<string, unknown>;

  constructor(readonly code: DomainErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    if (details.issues) this.issues = details.issues;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.data) this.data = details.data;
  }
}

export const invalid = (message: string, issues?: Issue[]) => new DomainError('invalid', message, issues ? { issues } : {});
export const unauthenticated = (message: string) => new DomainError('unauthenticated', message);
export const forbidden = (message: string) => new DomainError('forbidden', message);
export const notFound = (message: string) => new DomainError('not_found', message);
export const conflict = (message: string, data?: Record<string, unknown>) => new DomainError('conflict', message, data ? { data } : {});
export const unavailable = (message: string, retryAfterMs?: number, cause?: unknown) =>
  new DomainError('unavailable', message, { ...(retryAfterMs === undefined ? {} : { retryAfterMs }), cause });
export const rateLimited = (message: string, retryAfterMs: number) => new DomainError('rate_limited', message, { retryAfterMs });

/** An unknown error becomes `internal`; its own message stays on this side. */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  return new DomainError('internal', 'Something failed on our side. It was recorded; trying again may help.', { cause: error });
}
