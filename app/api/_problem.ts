import { expectedError } from '@/app/_session/expected-error';
import { reportFailure } from '@/app/_session/report-failure';
import { problemDocument } from './_problem-document';

/** Any error as a problem document. An unknown error's own message stays here. */
export function problem(error: unknown, requestId?: string): Response {
  reportFailure(error, 'api', requestId);
  return problemDocument(expectedError(error), requestId);
}
