import { holds, signatureOf, type ApprovalSummary } from '@/lib/approvals';
import { groupName, ownApproval } from '@/lib/approvals/rules';
import { may } from '@/lib/access';
import type { Actor } from '@/lib/context';

type Person = Extract<Actor, { kind: 'person' }>;
export type MayDecide = { approve: true } | { approve: false; because: string; deny: boolean };

/** What a page offers a person. The verb asks again: this only keeps buttons from promising what it would refuse. */
export function mayDecide(person: Person, approval: Pick<ApprovalSummary, 'route' | 'requestedAt' | 'ownerId' | 'principalType' | 'principalId' | 'signedBy'>, now = new Date()): MayDecide {
  const { route } = approval;
  if (!may(person, 'approval.deny')) return { approve: false, deny: false, because: `You may read this. Deciding takes the role analyst; you have ${person.roles.join(', ') || 'no role'}.` };
  const own = ownApproval(person, approval, route);
  if (own) return { approve: false, deny: true, because: own };
  const signer = signatureOf(person, new Date(approval.requestedAt), now);
  if (!may(person, 'approval.decide') || !route.groups.some((group) => holds(signer, group))) {
    return { approve: false, deny: true, because: `This waits for ${route.groups.map((group) => `${group.quorum} of ${groupName(group)}`).join(' and ')}; you are ${person.roles.join(', ') || 'without a role'}. You can deny it.` };
  }
  if (approval.signedBy.includes(person.id)) return { approve: false, deny: true, because: 'You have signed. It waits for others; you can still deny it.' };
  return { approve: true };
}
