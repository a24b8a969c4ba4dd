import type { Actor, RecentRight, Role } from '@/lib/context';
import { ladder } from './permissions';

export type Right = Pick<RecentRight, 'kind' | 'name'>;
export type Rights = Pick<Extract<Actor, { kind: 'person' }>, 'roles' | 'teams' | 'customRoles'>;

const HOUR = 3_600_000;
export const waitMsOf = (hours: number): number => hours * HOUR;

/** The role and every role that it includes, the least first; a role of the organisation's own making includes none. */
export function rungsOf(role: string): string[] {
  const at = ladder.indexOf(role as Role);
  return at < 0 ? [role] : ladder.slice(0, at + 1);
}

/**
 * Whether a right counts for something that has been pending since `pendingSince`: not when it was gained at that moment or later and
 * less than `waitMs` ago, so that nobody makes an approver for what is waiting. What comes up afterwards is not touched by the wait.
 */
export function countsFor(recent: readonly RecentRight[] | undefined, right: Right, pendingSince: Date, now: Date, waitMs: number): boolean {
  return !(recent ?? []).some((gained) => gained.kind === right.kind && gained.name === right.name && gained.since >= pendingSince && now.getTime() - gained.since.getTime() < waitMs);
}

/**
 * The roles, teams and own roles of a person that count for something pending since `pendingSince`. A new rung of the ladder falls back
 * to the highest one that was held long enough: an analyst who became responder still counts as analyst. The result fits into an actor.
 */
export function rightsFor(actor: Rights & { recent?: readonly RecentRight[] }, pendingSince: Date, now: Date): Required<Rights> {
  const waiting = (actor.recent ?? []).filter((gained) => gained.since >= pendingSince && (gained.until === undefined || now < gained.until));
  const counts = (kind: Right['kind'], name: string) => !waiting.some((gained) => gained.kind === kind && gained.name === name);
  const held = actor.roles.flatMap((role) => rungsOf(role).filter((rung) => counts('role', rung)).slice(-1)) as Role[];
  return {
    roles: ladder.filter((role) => held.includes(role)),
    customRoles: (actor.customRoles ?? []).filter((role) => counts('role', role.name)),
    teams: (actor.teams ?? []).filter((team) => counts('team', team)),
  };
}
