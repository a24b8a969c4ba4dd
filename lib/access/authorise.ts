import type { Actor, Confined, Context } from '@/lib/context';
import { forbidden, type DomainError } from '@/lib/errors';
import { hasRole, may, permissions, personsOnly, type Verb } from './permissions';

/** Throws `forbidden`, with a sentence that says what it takes, unless the actor may do this. */
export function authorise(ctx: Pick<Context, 'actor'>, verb: Verb): void {
  if (!may(ctx.actor, verb)) throw refusal(ctx.actor, verb);
}

export const confinedSentence = (confined: Confined): string => (confined === 'no_factor'
  ? 'A second factor is required of you. Set up a one-time password or a passkey first; you can stop things meanwhile.'
  : 'A second factor is required of you, and you signed in without it. Sign out and sign in with it; you can stop things meanwhile.');

function refusal(actor: Actor, verb: Verb): DomainError {
  const role = permissions[verb];
  switch (actor.kind) {
    case 'person': {
      if (actor.confined) return forbidden(confinedSentence(actor.confined));
      if (actor.limit && hasRole(actor.roles, role)) {
        return forbidden(`This token is held to ${actor.limit === 'read_only' ? 'reading' : 'reading, denying and stopping'}, and ${verb} is beyond that. Use a token without that limit, or the console.`);
      }
      if (actor.verbs && !actor.verbs.includes(verb)) return forbidden(`This token is held to named verbs, and ${verb} is not among them. Use a token that has it, or the console.`);
      const all = [...actor.roles, ...(actor.customRoles ?? []).map((own) => own.name)];
      const held = all.length === 0 ? 'no role' : `the role ${all.join(', ')}`;
      return forbidden(`This needs the role ${role}${role === 'admin' ? '' : ' or a higher one'}; you have ${held}. An administrator can change it.`);
    }
    case 'service_account': return forbidden(personsOnly.has(verb) ? `${verb} takes a person; a service account may not.` : `This needs the role ${role}, within what its token is held to; the service account ${actor.name} has ${actor.roles.join(', ') || 'no role'}.`);
    case 'control_key': return forbidden(`A control key only engages stops in the scopes it was made for; ${verb} takes a person with the role ${role}.`);
    case 'agent':
    case 'supervisor': return forbidden(`${verb} takes a person with the role ${role}; ${actor.kind === 'agent' ? 'agents' : 'supervisors'} may not.`);
    case 'host':
    case 'system': return forbidden(`${verb} takes a person with the role ${role}.`);
  }
}
