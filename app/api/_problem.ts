import { expectedError } from '@/app/_session/expected-error';
import { reportFailure } from '@/app/_session/report-failure';
import type { DomainErrorCode } from '@/lib/errors';

const kinds: Record<DomainErrorCode, { status: number; title: string }> = {
  invalid: { status: 400, title: 'The request does not fit' },
  unauthenticated: { status: 401, title: 'Nobody is known here' },
  forbidden: { status: 403, title: 'Not permitted' },
  step_up_required: { status: 403, title: 'A person has to confirm this in the console' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'It stands differently by now' },
  lease_lapsed: { status: 409, title: 'The lease is over' },
  rate_limited: { status: 429, title: 'Too fast' },
  internal: { status: 500, title: 'Something failed on our side' },
  unavailable: { status: 503, title: 'Not available at the moment' },
};

/** Any error as a problem document (RFC 9457). An unknown error's own message stays here. */
export function problem(error: unknown, requestId?: string): Response {
  reportFailure(error, 'api', requestId);
  const known = expectedError(error);
  const { status, title } = kinds[known.code];
  const body = {
    // Members of its own first, so that no data can pass for the document's.
    ...known.data,
    type: `urn:countersign:problem:${known.code}`, title, status, detail: known.message, code: known.code,
    ...(requestId ? { instance: `urn:uuid:${requestId}` } : {}),
    ...(known.issues ? { issues: known.issues } : {}),
    ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }),
  };
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="countersign"');
  if (known.retryAfterMs !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(known.retryAfterMs / 1_000))));
  return new Response(JSON.stringify(body), { status, headers });
}
