import type { OrderView, ScopeChoice, SwitchReach, SwitchScope } from './view';

export const scopeNames: Record<SwitchScope, string> = { session: 'Session', instance: 'Instance', agent: 'Agent', class: 'Class', global: 'Global' };

/** Wide scopes are armed first and fired on a second target; narrow ones take one press. */
export const isArmed = (scope: SwitchScope) => scope === 'agent' || scope === 'class' || scope === 'global';

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** "6 sessions on 3 instances, 2 in the middle of a write." */
export function reachSentence(scope: SwitchScope, reach: SwitchReach): string {
  const sessions = count(reach.sessions, 'session');
  if (reach.sessions === 0 && scope === 'class') return 'No running session has these tools. Whoever asks for one is denied.';
  if (reach.sessions === 0) return 'Nothing runs there now. Whatever starts is born stopped.';
  if (scope === 'class') return `${sessions} lose${reach.sessions === 1 ? 's' : ''} these tools and go${reach.sessions === 1 ? 'es' : ''} on without.`;
  const where = scope === 'session' ? '' : ` on ${count(reach.instances, 'instance')}`;
  const writes = reach.inTheMiddleOfAWrite === 0 ? '' : `, ${scope === 'session' ? 'in the middle of a write' : `${reach.inTheMiddleOfAWrite} in the middle of a write`}`;
  return `${sessions}${where}${writes}.`;
}

export function reachFacts(scope: SwitchScope, choice: ScopeChoice): [label: string, sentence: string][] {
  const { reach } = choice;
  return [
    [scope === 'class' ? 'Takes away' : 'Stops', scope === 'class' ? `Every tool of the class ${choice.name}, from ${count(reach.sessions, 'session')}` : `${count(reach.sessions, 'session')}${scope === 'global' ? '' : ` of ${choice.name}`} on ${count(reach.instances, 'instance')}`],
    ['In the middle', reach.inTheMiddleOfAWrite === 0 ? 'No call that writes is out' : `${count(reach.inTheMiddleOfAWrite, 'call')} that write${reach.inTheMiddleOfAWrite === 1 ? 's' : ''}; what is out cannot be recalled`],
    ['Cancels', reach.approvals === 0 ? 'No approval waits' : `${count(reach.approvals, 'approval')}; the agent gets deny`],
    ['Keeps', 'The record of every session, as it was when it stopped'],
    ['Goes on', scope === 'global' ? 'Deny, evidence and clean-up. Nothing else.' : 'Deny, evidence and clean-up, and whatever is outside this scope'],
  ];
}

export const orderTitle = (order: OrderView, name: string) => (order.scope === 'global' ? 'Everything' : order.scope === 'class' ? `The class ${name}` : name);

/** Who engaged or released, as people say it: a machine or the host has no name of its own. */
export const actorWords = (actor: { kind: string; id: string; name?: string | undefined; via?: string | undefined }) => (actor.name === undefined ? undefined : actor.via === 'stop_key' ? `${actor.name}, by a device’s stop key` : actor.kind === 'control_key' ? `the control key ${actor.name}` : actor.name) ?? (actor.kind === 'host' ? `${actor.id} on the host` : actor.kind === 'system' ? `the ${actor.id}` : actor.kind);
