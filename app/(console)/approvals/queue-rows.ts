import { cache } from 'react';
import type { ApprovalRow } from '@/components/approvals/view';
import { listApprovals } from '@/lib/approvals';
import type { Actor } from '@/lib/context';
import { waitingApprovals } from '../frame-facts';
import { approvalRow } from './card-view';
import { mayDecide } from './may-decide';

type Person = Extract<Actor, { kind: 'person' }>;

/** As many of the decided as a list shows; all others are found in their sessions and in the log. */
const DECIDED = 60;
const decidedApprovals = cache(() => listApprovals({ state: 'decided', limit: DECIDED }));

/** What waits, in the order in which it runs out, and what was decided, the newest first; as this person sees it. */
export async function queueRows(person: Person): Promise<{ waiting: ApprovalRow[]; decided: ApprovalRow[] }> {
  const [waiting, decided] = await Promise.all([waitingApprovals(), decidedApprovals()]);
  const row = (approval: (typeof waiting)[number]) => approvalRow(approval, mayDecide(person, approval));
  return { waiting: waiting.map(row), decided: decided.map(row) };
}
