import { decisionSchema, wireErrorSchema } from '@/lib/protocol';
import { type CountersignError, Denied, InvalidRequest, LeaseLapsed, RateLimited, Refused, ServerFault, SessionsHeld, Unauthenticated, Unavailable } from './errors';

/** Turns an acknowledgement's `error` into a typed one. A code that this version does not know is a refusal like any other. A start that is refused brings the decision along. */
export function readWireError(value: unknown, decision?: unknown): CountersignError {
  const refused = decision === undefined ? undefined : decisionSchema.safeParse(decision);
  if (refused?.success && refused.data.decision === 'deny') return new Denied(refused.data);
  const parsed = wireErrorSchema.safeParse(value);
  if (!parsed.success) return new ServerFault('The gateway answered something that is no error of the contract. Nothing was allowed.');
  const { code, message, issues, retryAfterMs } = parsed.data;
  switch (code) {
    case 'invalid': return new InvalidRequest(message, issues);
    case 'unauthenticated': return new Unauthenticated(message);
    case 'forbidden':
    case 'not_found':
    case 'conflict': return new Refused(code, message);
    case 'held': return new SessionsHeld(message, retryAfterMs);
    case 'lease_lapsed': return new LeaseLapsed();
    case 'rate_limited': return new RateLimited(message, retryAfterMs);
    case 'unavailable': return new Unavailable(message, retryAfterMs);
    default: return new ServerFault(message);
  }
}
