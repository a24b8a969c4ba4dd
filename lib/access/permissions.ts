import type { Actor, Confined, Role, TokenHold } from '@/lib/context';

/** From the least to the most: whoever has a role may do what every role before it may. */
export const ladder = ['viewer', 'analyst', 'responder', 'author', 'reviewer', 'admin'] as const satisfies readonly Role[];

/** Everything that is permitted to somebody, and the least role of a person that it takes. */
export const permissions = {
  'session.read': 'viewer',
  /** Giving back to a session what it was constrained from using: it widens what an agent may do, so it takes who may release. */
  'session.unconstrain': 'responder',
  'approval.read': 'viewer',
  /** Granting; the approval's route names who in particular. */
  'approval.decide': 'analyst',
  /** Denying alone, a verb of its own so that a token can be held to it. */
  'approval.deny': 'analyst',
  'approval.withdraw': 'analyst',
  /** Letting those decide now who may decide later: it prolongs nothing and asks for no step-up. */
  'approval.escalate': 'analyst',
  /** Leaving a note to whoever comes next. */
  'handover.write': 'analyst',
  'switch.read': 'viewer',
  'switch.engage.session': 'analyst',
  'switch.engage.wide': 'responder',
  'switch.release': 'responder',
  /** Arming and disarming what pauses or stops when nobody is here; the owner of an agent may for theirs. */
  'dead_man.manage': 'responder',
  /** Saying that one is here, which keeps it from firing. */
  'dead_man.heartbeat': 'responder',
  /** Stopping what the product itself starts, to see that stopping works. */
  'drill.run': 'responder',
  'agent.read': 'viewer',
  'agent.manage': 'admin',
  /** Saying who is asked for what: the names, and the systems that answer for them. */
  'on_call.manage': 'admin',
  /** Giving what one is on call for to somebody else; somebody else's only with `on_call.manage`. */
  'on_call.hand_over': 'analyst',
  'policy.read': 'viewer',
  'policy.publish': 'author',
  /** Saying yes or no to somebody else's change. */
  'policy.review': 'reviewer',
  /** Putting a run of the attack suite on the record, which a change of policy may have to show. */
  'attack.record': 'author',
  'log.read': 'viewer',
  'log.export': 'analyst',
  'log.verify': 'viewer',
  'person.read': 'viewer',
  'person.manage': 'admin',
  'team.manage': 'admin',
  'role.manage': 'admin',
  'service_account.manage': 'admin',
  'setting.read': 'viewer',
  'setting.manage': 'admin',
  /** One's own passkeys, one-time passwords, recovery codes, devices and sign-ins. */
  'credential.manage': 'viewer',
  /** A key in one's own browser that stops what its person may stop. */
  'stop_key.register': 'analyst',
  /** A token for oneself: it can do no more than its person. */
  'token.create': 'viewer',
  'control_key.manage': 'admin',
  /** Arguments and texts as the gate saw them, detected secrets hidden. */
  'payload.read': 'viewer',
  'payload.reveal': 'analyst',
  /** Destroying the texts of a session for good; the chain stays. */
  'payload.erase': 'admin',
  'key.read': 'viewer',
  'key.rotate': 'admin',
  'backup.make': 'admin',
  'demo.run': 'admin',
  /** Where people are told, with its secrets, and what could not be told there. */
  'channel.manage': 'admin',
  'incident.read': 'viewer',
  'alert.read': 'viewer',
  /** Acknowledging, assigning and closing with a reason, which is a label that detectors are tuned by. */
  'alert.handle': 'analyst',
  /** Calling nobody for a while. */
  'alert.mute': 'responder',
} as const satisfies Record<string, Role>;

export type Verb = keyof typeof permissions;
export const verbs = Object.keys(permissions) as Verb[];
/** Those of the names that are verbs of this version, each once, in the table's order. */
export const knownVerbs = (names: readonly string[]): Verb[] => verbs.filter((verb) => names.includes(verb));

const reads = ['session.read', 'approval.read', 'switch.read', 'agent.read', 'policy.read', 'log.read', 'log.verify', 'person.read', 'setting.read', 'key.read', 'payload.read', 'incident.read', 'alert.read'] as const satisfies readonly Verb[];
const engages = ['switch.engage.session', 'switch.engage.wide'] as const satisfies readonly Verb[];

/** What is left of a person's permissions when they act by a limited token. */
export const tokenLimits: Record<NonNullable<TokenHold['limit']>, readonly Verb[]> = {
  read_only: [...reads, 'log.export'],
  deny_and_stop: [...reads, ...engages, 'approval.deny'],
};

/** Our own processes: machines may stop, never release and never approve. */
export const systemVerbs: Record<Extract<Actor, { kind: 'system' }>['process'], readonly Verb[]> = {
  gateway: ['session.read', 'approval.read', 'switch.read', 'agent.read', 'policy.read', 'payload.read', ...engages],
  console: ['session.read', 'approval.read', 'switch.read', 'agent.read', 'policy.read', 'log.read'],
  worker: [...reads, ...engages, 'approval.withdraw', 'log.export', 'policy.publish', 'agent.manage', 'payload.erase', 'demo.run', 'drill.run'],
  control: ['session.read', 'switch.read', 'agent.read', ...engages],
  supervisor: ['switch.read', ...engages, 'agent.read', 'policy.read', 'person.read', 'person.manage', 'agent.manage', 'policy.publish', 'demo.run'],
};

/** Whoever holds the machine (the CLI over a socket that only its user can open), release included: the break-glass way. */
export const hostVerbs: readonly Verb[] = [...reads, ...engages, 'switch.release', 'dead_man.manage', 'dead_man.heartbeat', 'agent.manage', 'person.manage', 'team.manage', 'role.manage', 'service_account.manage', 'setting.manage', 'token.create', 'control_key.manage', 'log.export', 'policy.publish', 'attack.record', 'payload.erase', 'key.rotate', 'backup.make', 'demo.run', 'drill.run'];

/** What takes a human being whatever a program was given: deciding, releasing, reviewing, revealing, and who may do what. */
export const personsOnly: ReadonlySet<Verb> = new Set<Verb>([
  'approval.decide', 'approval.escalate', 'on_call.manage', 'on_call.hand_over', 'handover.write', 'switch.release', 'session.unconstrain', 'alert.mute', 'dead_man.manage', 'dead_man.heartbeat', 'policy.review', 'payload.reveal', 'payload.erase', 'person.manage', 'team.manage', 'role.manage', 'service_account.manage', 'setting.manage',
  'credential.manage', 'stop_key.register', 'token.create', 'control_key.manage', 'key.rotate', 'backup.make', 'channel.manage',
]);

/** What is left to somebody of whom a second factor is required and who has not shown one: stopping, which is never made harder, and setting one up. */
const confinedVerbs: Record<Confined, readonly Verb[]> = {
  no_factor: ['switch.read', ...engages, 'credential.manage'],
  // Whoever has one shows it by signing in again: by the password alone nothing about it may be changed.
  factor_unused: ['switch.read', ...engages],
};

const withinHold = (hold: TokenHold, verb: Verb): boolean =>
  (hold.limit === undefined || tokenLimits[hold.limit].includes(verb)) && (hold.verbs === undefined || hold.verbs.includes(verb));

// Whoever has to set a factor up may, whatever their role says of it.
const mustSetUp = (actor: { confined?: Confined }, verb: Verb): boolean => actor.confined === 'no_factor' && verb === 'credential.manage';

/** What a control key is made for that stops nothing: it says that its person is here. */
export const HEARTBEAT_SCOPE = 'heartbeat';

/** The scopes of a stop that reach beyond one session; a control key names each that it may engage. */
const isWide = (scope: string) => scope !== 'session' && scope !== HEARTBEAT_SCOPE;

export const hasRole = (roles: readonly Role[], least: Role): boolean => roles.some((role) => ladder.indexOf(role) >= ladder.indexOf(least));

/** Whether the actor is permitted the verb at all; a verb may ask for more (a route's group, an order's scope). */
export function may(actor: Actor, verb: Verb): boolean {
  switch (actor.kind) {
    case 'person': return (mustSetUp(actor, verb) || hasRole(actor.roles, permissions[verb]) || (actor.customRoles ?? []).some((role) => role.verbs.includes(verb))) && withinHold(actor, verb) && (actor.confined === undefined || confinedVerbs[actor.confined].includes(verb));
    case 'service_account': return !personsOnly.has(verb) && hasRole(actor.roles, permissions[verb]) && withinHold(actor, verb);
    case 'host': return hostVerbs.includes(verb);
    case 'system': return systemVerbs[actor.process].includes(verb);
    case 'control_key':
      if (verb === 'switch.read') return true;
      if (verb === 'dead_man.heartbeat') return actor.scopes.includes(HEARTBEAT_SCOPE);
      if (verb === 'switch.engage.session') return actor.scopes.includes('session');
      return verb === 'switch.engage.wide' && actor.scopes.some(isWide);
    case 'agent': return false;
    case 'supervisor': return false;
  }
}
