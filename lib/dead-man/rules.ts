/** As much of a dead-man switch as says whether it fires. */
export type DeadMan = { state: 'armed' | 'fired' | 'disarmed'; seenAt: Date; afterMinutes: number };
export type DeadManEvent = 'heartbeat' | 'disarm' | 'fire';
export type Stepped = { ok: true; next: DeadMan } | { ok: false; why: 'over' | 'overdue' | 'not_due' };

const MINUTE = 60_000;

export const firesAt = ({ seenAt, afterMinutes }: Pick<DeadMan, 'seenAt' | 'afterMinutes'>): Date => new Date(seenAt.getTime() + afterMinutes * MINUTE);

/** One step of its life: armed, then fired or disarmed, and neither way back. Once its time is over it fires: nobody who comes late takes that away. */
export function step(current: DeadMan, event: DeadManEvent, now: Date): Stepped {
  if (current.state !== 'armed') return { ok: false, why: 'over' };
  const due = now >= firesAt(current);
  switch (event) {
    case 'heartbeat': return due ? { ok: false, why: 'overdue' } : { ok: true, next: { ...current, seenAt: now } };
    case 'disarm': return due ? { ok: false, why: 'overdue' } : { ok: true, next: { ...current, state: 'disarmed' } };
    case 'fire': return due ? { ok: true, next: { ...current, state: 'fired' } } : { ok: false, why: 'not_due' };
  }
}
