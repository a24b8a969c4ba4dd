import { conflict, forbidden, type DomainError } from '@/lib/errors';
import type { LockedApproval } from './internal';
import type { ApprovalRefusal } from './machine';
import { askedGroups, whoDecides } from './rules';
import { holds, signatureOf, type Person } from './signatures';

/** Told to whoever came second. */
export function decidedBefore(approval: Pick<LockedApproval, 'state' | 'cancelReason' | 'decidedByName' | 'decidedAt' | 'decisionReason' | 'decidedById'>): DomainError {
  const data = { why: 'decided', state: approval.state, by: approval.decidedByName, byId: approval.decidedById, at: approval.decidedAt?.toISOString() ?? null, cancelReason: approval.cancelReason, reason: approval.decisionReason };
  const who = approval.decidedByName ?? 'Somebody';
  switch (approval.state) {
    case 'denied': return conflict(`${who} denied this before you. Your decision was not recorded.`, data);
    case 'expired': return conflict('The time to decide is over: it expired, which denies it. Your decision was not recorded.', data);
    case 'unused_expired': return conflict('It was approved and not used in time. Your decision was not recorded.', data);
    case 'cancelled': return conflict(`It was cancelled (${(approval.cancelReason ?? '').replace('_', ' ')}). Your decision was not recorded.`, data);
    default: return conflict(`${who} approved this before you. Your decision was not recorded.`, data);
  }
}

/** Why a person's word did not count, as they are told it. */
export function refusedWord(refusal: ApprovalRefusal, approval: LockedApproval, person: Person): DomainError {
  switch (refusal.why) {
    case 'stale': return conflict('The arguments changed since you looked. Your decision was not recorded; read the difference and decide again.', { why: 'stale_digest', digest: refusal.digest, revision: refusal.revision });
    case 'excluded': return forbidden(refusal.because);
    case 'already_signed': return conflict('You have signed this already. It waits for others.', { why: 'already_signed' });
    case 'not_own': return forbidden('Only whoever owns this agent, or has it act for them, takes its question back. You can deny it.');
    case 'no_seat':
      // At the end of time every right is old enough.
      if (askedGroups(approval, approval.now).some((group) => holds(signatureOf(person, approval.requestedAt, new Date(8.64e15)), group))) {
        return forbidden('Your role or team for this is newer than the question, and so does not count for it yet. You can deny it; for what is asked from now on it counts.');
      }
      return forbidden(`This waits for ${whoDecides(approval, approval.now)}; you have the role ${person.roles.join(', ') || 'none'}. You can deny it.`);
    default: return decidedBefore(approval);
  }
}
