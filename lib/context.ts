import { newId } from '@/lib/protocol/ids';

export const roles = ['viewer', 'analyst', 'responder', 'author', 'reviewer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a token is held to beyond what its owner may do; absent parts hold to nothing. */
export type TokenHold = { limit?: 'read_only' | 'deny_and_stop'; verbs?: readonly string[]; environments?: readonly string[] };

/** A role or team that a person has had for so short a time that it does not count, until `until`, for what was pending before `since`. */
export type RecentRight = { kind: 'role' | 'team'; name: string; since: Date; until?: Date };

/** What a person is on call for at the moment, since when, and whether they put themselves there. */
export type OnCall = { name: string; since: Date; bySelf: boolean };

export type Confined = 'no_factor' | 'factor_unused';

/** Who acts. Closed: a verb that forgets one does not compile. */
export type Actor =
  | ({
      kind: 'person'; id: string; name: string; email: string; roles: Role[]; via: 'console' | 'token' | 'cli' | 'stop_key'; tokenId?: string; signInId?: string;
      /** Roles of the organisation's own making, with the verbs they were made of. */
      customRoles?: readonly { name: string; verbs: readonly string[] }[];
      teams?: readonly string[];
      onCall?: readonly OnCall[];
      recent?: readonly RecentRight[];
      /** A second factor is required of them, and at this sign-in none was shown: there is none, or it was not used. They may stop, and see to it. */
      confined?: Confined;
    } & TokenHold)
  | ({ kind: 'service_account'; id: string; name: string; roles: Role[]; tokenId: string } & TokenHold)
  | { kind: 'agent'; id: string; name: string; instanceId: string }
  | { kind: 'supervisor'; id: string; instanceId: string }
  | { kind: 'control_key'; id: string; name: string; scopes: string[]; environments: string[] }
  | { kind: 'host'; user: string }
  | { kind: 'system'; process: 'gateway' | 'console' | 'worker' | 'control' | 'supervisor' };

/** What a verb knows about the call that it serves. */
export type Context = { actor: Actor; requestId: string; now: () => Date; ip?: string; userAgent?: string };

export function makeContext(actor: Actor, extra: Partial<Omit<Context, 'actor'>> = {}): Context {
  return { requestId: newId(), now: () => new Date(), ...extra, actor };
}

/** The part of an actor that goes on the record; never a credential. */
export type RecordedActor = { kind: Actor['kind']; id: string; name?: string; via?: string };

export function recordedActor(actor: Actor): RecordedActor {
  switch (actor.kind) {
    case 'person': return { kind: 'person', id: actor.id, name: actor.name, via: actor.via };
    case 'service_account': return { kind: 'service_account', id: actor.id, name: actor.name, via: 'token' };
    case 'agent': return { kind: 'agent', id: actor.id, name: actor.name };
    case 'supervisor': return { kind: 'supervisor', id: actor.id };
    case 'control_key': return { kind: 'control_key', id: actor.id, name: actor.name };
    case 'host': return { kind: 'host', id: actor.user };
    case 'system': return { kind: 'system', id: actor.process };
  }
}
