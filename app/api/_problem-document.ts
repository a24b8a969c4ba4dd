import type { DomainError, DomainErrorCode } from '@/lib/errors';

const kinds: Record<DomainErrorCode, { status: number; title: string }> = {
  invalid: { status: 400, title: 'The request does not fit' },
  unauthenticated: { status: 401, title: 'Nobody is known here' },
  forbidden: { status: 403, title: 'Not permitted' },
  step_up_required: { status: 403, title: 'A person has to confirm this in the console' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'It stands differently by now' },
  lease_lapsed: { status: 409, title: 'The lease is over' },
  held: { status: 409, title: 'New sessions are held' },
  rate_limited: { status: 429, title: 'Too fast' },
  internal: { status: 500, title: 'Something failed on our side' },
  unavailable: { status: 503, title: 'Not available at the moment' },
};

/** An expected error as a problem document (RFC 9457). */
export function problemDocument(error: DomainError, requestId?: string): Response {
  const { status, title } = kinds[error.code];
  const body = {
    // Members of its own first, so that no data can pass for the document's.
    ...error.data,
    type: `urn:countersign:problem:${error.code}`, title, status, detail: error.message, code: error.code,
    ...(requestId ? { instance: `urn:uuid:${requestId}` } : {}),
    ...(error.issues ? { issues: error.issues } : {}),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="countersign"');
  if (error.retryAfterMs !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
  return new Response(JSON.stringify(body), { status, headers });
}
