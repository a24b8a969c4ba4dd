import { holds, signatureOf, type ApprovalSummary } from '@/lib/approvals';
import { groupName, ownApproval } from '@/lib/approvals/rules';
import { sayDay } from '@/components/ui/say-time';
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
  const counts = (at: Date) => may(person, 'approval.decide') && route.groups.some((group) => holds(signatureOf(person, new Date(approval.requestedAt), at), group));
  if (!counts(now)) {
    const from = (person.recent ?? []).flatMap(({ until }) => until ?? []).sort((one, other) => one.getTime() - other.getTime()).find(counts);
    if (from) return { approve: false, deny: true, because: `Your role or team for this is newer than the question, and does not count for it until ${sayDay(from)}: so nobody makes an approver for what waits already. You can deny it.` };
    return { approve: false, deny: true, because: `This waits for ${route.groups.map((group) => `${group.quorum} of ${groupName(group)}`).join(' and ')}; you are ${[...person.roles, ...(person.customRoles ?? []).map((own) => own.name)].join(', ') || 'without a role'}. You can deny it.` };
  }
  if (approval.signedBy.includes(person.id)) return { approve: false, deny: true, because: 'You have signed. It waits for others; you can still deny it.' };
  return { approve: true };
}
