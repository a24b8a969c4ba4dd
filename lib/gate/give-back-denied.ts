import type { Gate } from './gate';
import type { KnownAction, LiveSession } from './live-session';

/** A question ended in a no: what it had set aside of this session's limits and figures is given back, and its step of a plan is over. What gateways share was given back in Postgres by whoever ended it. */
export function giveBackDenied(gate: Pick<Gate, 'budgets'>, session: LiveSession, action: Pick<KnownAction, 'actionId' | 'reservations'>): void {
  gate.budgets.refund(action.reservations);
  // What has a cost has it in its agent's day, whatever limits look at it besides.
  session.costE4 = Math.max(0, session.costE4 - Math.max(0, ...action.reservations.map(({ costE4 }) => costE4)));
  session.plans.ended(action.actionId, 'refused');
}
