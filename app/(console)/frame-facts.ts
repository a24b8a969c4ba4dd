import { cache } from 'react';
import type { RoomCounts } from '@/components/shell/rooms';
import { openAlertCounts } from '@/lib/alerts';
import { countQueue, readQueue } from '@/lib/approvals';
import type { Actor } from '@/lib/context';
import { countSessions } from '@/lib/sessions';
import { listStandingOrders } from '@/lib/switches';

type Person = Extract<Actor, { kind: 'person' }>;

/** What waits on this person now, by time left; once a request. Theirs alone: of thousands that wait, theirs may be the last to run out. */
export const waitingOn = cache((person: Person) => readQueue(person, { filter: { whose: 'yours' }, limit: MOST_READ }));
/** How much waits; the frame and the queue beside it are told the same, once a request. */
export const waitingCounts = cache((person: Person) => countQueue(person));
/** The most pressing of these are named on Now; how many there are besides is counted. */
const MOST_READ = 200;
export const standingOrders = cache(() => listStandingOrders());
export const sessionCounts = cache(() => countSessions());

/** The numbers beside the rooms. */
export async function roomCounts(person: Person): Promise<RoomCounts> {
  const [waiting, orders, sessions, alerts] = await Promise.all([waitingCounts(person), standingOrders(), sessionCounts(), openAlertCounts()]);
  return {
    ...(orders.length > 0 ? { now: { count: orders.length, tone: 'stop' } } : {}),
    approvals: waiting.yours > 0 ? { count: waiting.yours, tone: 'wait' } : { count: waiting.others },
    sessions: { count: sessions.running },
    alerts: alerts.grave > 0 ? { count: alerts.open, tone: 'wait' } : { count: alerts.open },
  };
}
