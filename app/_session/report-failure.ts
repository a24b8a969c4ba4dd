import { makeLogger } from '@/lib/logger';
import { expectedError } from './expected-error';

let logger: ReturnType<typeof makeLogger> | undefined;

/**
 * Leaves a trace of what nobody expected: its kind and where it happened. Never its message, which may quote a row, an
 * argument or a password.
 */
export function reportFailure(error: unknown, where: string, requestId?: string): void {
  const known = expectedError(error);
  if (known.code !== 'internal' && known.code !== 'unavailable') return;
  const cause = known.cause ?? error;
  const frames = cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12).map((line) => line.trim()) : [];
  logger ??= makeLogger('console');
  logger.error({ where, requestId, code: known.code, kind: cause instanceof Error ? cause.name : typeof cause, driverCode: (cause as { code?: unknown } | null)?.code, frames }, 'a request failed');
}
