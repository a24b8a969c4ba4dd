import { newId } from '@/lib/protocol/ids';

export const roles = ['viewer', 'analyst', 'responder', 'author', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who acts. Closed: a verb that forgets one does not compile. */
export type Actor =
  | { kind: 'person'; id: string; name: string; email: string; roles: Role[]; via: 'console' | 'token' | 'cli'; tokenId?: string; limit?: 'read_only' | 'deny_and_stop' }
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
    case 'agent': return { kind: 'agent', id: actor.id, name: actor.name };
    case 'supervisor': return { kind: 'supervisor', id: actor.id };
    case 'control_key': return { kind: 'control_key', id: actor.id, name: actor.name };
    case 'host': return { kind: 'host', id: actor.user };
    case 'system': return { kind: 'system', id: actor.process };
  }
}
