import { cache } from 'react';
import type { RoomCounts } from '@/components/shell/rooms';
import { listApprovals, type ApprovalSummary } from '@/lib/approvals';
import type { Actor } from '@/lib/context';
import { countSessions } from '@/lib/sessions';
import { listStandingOrders } from '@/lib/switches';
import { mayDecide } from './approvals/may-decide';

type Person = Extract<Actor, { kind: 'person' }>;

/** What waits on people now, by time left; once a request. */
export const waitingApprovals = cache(() => listApprovals({ state: 'waiting', limit: 200 }));
export const standingOrders = cache(() => listStandingOrders());
export const sessionCounts = cache(() => countSessions());

/** The approvals of those that this person may sign. */
export const yours = (person: Person, approvals: readonly ApprovalSummary[]) => approvals.filter((approval) => mayDecide(person, approval).approve);

/** The numbers beside the rooms. */
export async function roomCounts(person: Person): Promise<RoomCounts> {
  const [waiting, orders, sessions] = await Promise.all([waitingApprovals(), standingOrders(), sessionCounts()]);
  const mine = yours(person, waiting).length;
  return {
    ...(orders.length > 0 ? { now: { count: orders.length, tone: 'stop' } } : {}),
    approvals: mine > 0 ? { count: mine, tone: 'wait' } : { count: waiting.length },
    sessions: { count: sessions.running },
  };
}
