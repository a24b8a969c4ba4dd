import { isDatabaseAway } from '@/lib/db';
import { asDomainError, DomainError, unavailable } from '@/lib/errors';

/** Any error as one that a caller may see: a database on its way back is a matter of seconds, all else unknown is ours. */
export function expectedError(error: unknown): DomainError {
  if (!(error instanceof DomainError) && isDatabaseAway(error)) return unavailable('The database cannot be reached at the moment. Nothing was changed; try again shortly.', 2_000, error);
  return asDomainError(error);
}
