import { wireErrorSchema } from '@/lib/protocol';
import { type CountersignError, InvalidRequest, LeaseLapsed, RateLimited, Refused, ServerFault, Unauthenticated, Unavailable } from './errors';

/** Turns an acknowledgement's `error` into a typed one. A code that this version does not know is a refusal like any other. */
export function readWireError(value: unknown): CountersignError {
  const parsed = wireErrorSchema.safeParse(value);
  if (!parsed.success) return new ServerFault('The gateway answered something that is no error of the contract. Nothing was allowed.');
  const { code, message, issues, retryAfterMs } = parsed.data;
  switch (code) {
    case 'invalid': return new InvalidRequest(message, issues);
    case 'unauthenticated': return new Unauthenticated(message);
    case 'forbidden':
    case 'not_found':
    case 'conflict': return new Refused(code, message);
    case 'lease_lapsed': return new LeaseLapsed();
    case 'rate_limited': return new RateLimited(message, retryAfterMs);
    case 'unavailable': return new Unavailable(message, retryAfterMs);
    default: return new ServerFault(message);
  }
}
