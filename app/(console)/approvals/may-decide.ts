import { holds, signatureOf, type ApprovalSummary } from '@/lib/approvals';
import { askedGroups, ownApproval, whoDecides } from '@/lib/approvals/rules';
import { sayDay } from '@/components/ui/say-time';
import { may } from '@/lib/access';
import type { Actor } from '@/lib/context';

type Person = Extract<Actor, { kind: 'person' }>;
export type MayDecide = { approve: true } | { approve: false; because: string; deny: boolean };

/** What a page offers a person. The verb asks again: this only keeps buttons from promising what it would refuse. */
export function mayDecide(person: Person, approval: Pick<ApprovalSummary, 'route' | 'tier' | 'requestedAt' | 'ownerId' | 'principalType' | 'principalId' | 'principalVerified' | 'signedBy' | 'authors'> & Partial<Pick<ApprovalSummary, 'enough'>>, now = new Date()): MayDecide {
  const { route } = approval;
  const asked = { route, tier: approval.tier, requestedAt: new Date(approval.requestedAt) };
  if (!may(person, 'approval.deny')) return { approve: false, deny: false, because: `You may read this. Deciding takes the role analyst; you have ${person.roles.join(', ') || 'no role'}.` };
  const own = ownApproval(person, approval, route) ?? (approval.authors.includes(person.id) ? 'You wrote these arguments, and nobody agrees to their own. You can deny it; someone else has to approve.' : null);
  if (own) return { approve: false, deny: true, because: own };
  const counts = (at: Date) => may(person, 'approval.decide') && askedGroups(asked, now).some((group) => holds(signatureOf(person, asked.requestedAt, at), group));
  if (!counts(now)) {
    const from = (person.recent ?? []).flatMap(({ until }) => until ?? []).sort((one, other) => one.getTime() - other.getTime()).find(counts);
    if (from) return { approve: false, deny: true, because: `Your role or team for this is newer than the question, and does not count for it until ${sayDay(from)}: so nobody makes an approver for what waits already. You can deny it.` };
    return { approve: false, deny: true, because: `This waits for ${whoDecides(asked, now)}; you are ${[...person.roles, ...(person.customRoles ?? []).map((own) => own.name)].join(', ') || 'without a role'}. You can deny it.` };
  }
  if (approval.signedBy.includes(person.id) && !approval.enough) return { approve: false, deny: true, because: 'You have signed. It waits for others; you can still deny it.' };
  return { approve: true };
}
