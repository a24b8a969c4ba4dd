import type { EventKind, EventVerdict } from '@/components/sessions/view';
import type { Sentence } from '@/components/ui/sentence';
import { groupName } from '@/lib/approvals/rules';
import type { EventData, EventType, LoggedEvent } from '@/lib/log';

export type EventWords = { kind: EventKind; sentence: Sentence; verdict?: EventVerdict; lane: 'people' | 'agent'; tool?: string };

const ours = (text: string) => ({ text });
const quiet = (text: string) => ({ text, quiet: true });
const outside = (text: string) => ({ text, untrusted: true });

/** A text that may be long as one line; whoever wants it whole opens the event. */
const line = (text: string) => (text.length > 300 ? `${text.slice(0, 220)} … ${text.slice(-60)}` : text);
const bytes = (n: number) => (n < 1_024 ? `${n} B` : n < 1_048_576 ? `${Math.round(n / 1_024)} KB` : `${(n / 1_048_576).toFixed(1)} MB`);

const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

type Write = { [T in EventType]?: (data: EventData<T>, by: string) => EventWords };

/** One line for each kind of event of a session. What the agent or a source wrote is quoted from the redacted rendering. */
const words: Write = {
  'session.opened': (data) => ({ kind: 'session', lane: 'agent', sentence: [ours(`Opened on ${data.instanceName}: `), ours(line(data.purpose)), ...(data.principal ? [quiet(` for ${data.principal.name ?? data.principal.id}${data.principal.verified ? '' : ', unverified'}`)] : [])] }),
  'session.taken_over': (data) => ({ kind: 'session', lane: 'agent', sentence: [ours('Taken over by another instance'), quiet(` from ${data.previousInstanceId}`)] }),
  'session.lost': () => ({ kind: 'session', lane: 'agent', sentence: [ours('Lost: the lease lapsed without a word.')] }),
  'session.regained': () => ({ kind: 'session', lane: 'agent', sentence: [ours('Back: the agent is connected again.')] }),
  'session.paused': (_data, by) => ({ kind: 'stop', lane: 'people', sentence: [ours(`Paused by ${by}.`)] }),
  'session.resumed': () => ({ kind: 'session', lane: 'agent', sentence: [ours('Resumed.')] }),
  'session.constrained': (data) => ({ kind: 'finding', lane: 'people', sentence: [ours('Constrained from here on'), quiet(`: the ${data.detector.replaceAll(/[_-]+/g, ' ')} detector saw “${data.kind.replaceAll(/[_-]+/g, ' ')}” at event ${data.seq}${data.rule ? `, by the alert rule ${data.rule}` : ''}`)] }),
  'session.unconstrained': (data, by) => ({ kind: 'person', lane: 'people', sentence: [ours(`${by} lifted what it was held to.`), ...because(data.reason)] }),
  'session.stopped': (data) => ({ kind: 'stop', lane: 'people', verdict: 'stopped', sentence: [ours(data.scope === 'session' ? 'This session was stopped.' : `Stopped with ${data.scope === 'global' ? 'everything' : `its ${data.scope}`}.`)] }),
  'session.dumped': (data) => ({ kind: 'session', lane: 'people', sentence: [ours('What it was when it was stopped is kept: '), quiet(`${count(data.context, 'text')}, ${count(data.pending, 'approval')}, ${count(data.permits, 'permit')}, events 1 to ${data.toSeq}`)] }),
  'session.halt_acknowledged': () => ({ kind: 'agent', lane: 'agent', sentence: [ours('The agent said that it halted.')] }),
  'session.closed': (data) => ({ kind: 'session', lane: 'agent', sentence: [ours(`Ended: ${data.outcome}.`), ...(data.summary ? [quiet(` “${line(data.summary)}”`)] : [])] }),
  'payload.read': (data, by) => ({ kind: 'person', lane: 'people', sentence: [ours(`${by} read ${data.payloadIds.length === 1 ? 'a text' : `${data.payloadIds.length} texts`}.`)] }),
  'payload.revealed': (data, by) => ({ kind: 'person', lane: 'people', sentence: [ours(`${by} revealed what was hidden in ${kindWords[data.kind] ?? 'a text'}.`), ...because(data.why ?? null)] }),
  'payload.erasure_asked': (data, by) => ({ kind: 'person', lane: 'people', sentence: [ours(`${by} asked for the texts to be erased.`), ...because(data.why)] }),
  'payload.erased': (data) => ({ kind: 'session', lane: 'people', sentence: [ours(`${data.payloads === 1 ? 'One text was' : `${data.payloads} texts were`} erased${data.key ? ', and the key with them' : ''}${data.by ? ` on the word of ${data.by.name ?? data.by.id}` : ''}.`), ...because(data.why)] }),
  'input.added': (data) => ({
    kind: data.origin === 'user' || data.origin === 'operator' ? 'person' : 'input', lane: data.origin === 'user' || data.origin === 'operator' ? 'people' : 'agent',
    ...(data.trusted ? {} : { verdict: 'untrusted' as const }),
    sentence: [quiet(`${data.source ?? data.origin}: `), (data.trusted ? ours : outside)(line(data.content.rendering)), quiet(` ${bytes(data.content.bytes)}`)],
  }),
  'plan.submitted': (data) => ({ kind: 'plan', lane: 'agent', sentence: [ours(`Plan of ${data.steps.length} ${data.steps.length === 1 ? 'step' : 'steps'}: `), quiet(line(data.steps.map((step) => step.tool).join(', ')))] }),
  'output.checked': (data) => ({ kind: 'model_call', lane: 'agent', sentence: [ours('Output checked: '), quiet(line(data.content.rendering))] }),
  'spans.added': (data) => ({ kind: 'model_call', lane: 'agent', sentence: [ours(line(data.spans.map((span) => span.name).join(', ')))] }),
  'action.allowed': (data) => ({ kind: 'action', lane: 'agent', verdict: 'allow', tool: data.tool, sentence: [ours(line(data.title))] }),
  'action.denied': (data) => ({ kind: 'action', lane: 'agent', verdict: 'deny', tool: data.tool, sentence: [ours(line(data.title)), quiet(` ${line(data.reason)}`)] }),
  'action.asked': (data) => ({ kind: 'action', lane: 'agent', verdict: 'ask', tool: data.tool, sentence: [ours(line(data.title))] }),
  'action.permitted': () => ({ kind: 'action', lane: 'agent', sentence: [quiet('A permit was handed out.')] }),
  'action.refused': (data) => ({ kind: 'action', lane: 'agent', verdict: 'deny', sentence: [ours(line(data.reason))] }),
  'action.started': (data) => ({ kind: 'action', lane: 'agent', tool: data.tool, sentence: [quiet(`${data.tool} started`)] }),
  'permit.redeemed': (data) => ({ kind: 'action', lane: 'agent', tool: data.tool, sentence: [quiet(`The permit for ${data.tool} was redeemed`)] }),
  'action.finished': (data) => ({
    kind: 'result', lane: 'agent', tool: data.tool,
    sentence: data.status === 'ok'
      ? [ours(`${data.tool} answered`), ...(data.output ? [ours(': '), outside(line(data.output.rendering)), quiet(` ${bytes(data.output.bytes)}`)] : []), ...(data.withheld ? [quiet(', withheld from the agent')] : [])]
      : [ours(`${data.tool} failed`), ...(data.error ? [ours(': '), outside(line(data.error))] : [])],
  }),
  'approval.requested': (data) => ({ kind: 'approval', lane: 'agent', tool: data.tool, sentence: [ours(`Asks ${data.groups.map((group) => `${group.quorum} of ${groupName(group)}`).join(' and ') || 'nobody'}: `), quiet(line(data.sentence))] }),
  'approval.changed': (data, by) => ({ kind: 'person', lane: 'people', sentence: [ours(`${by} ${data.kind === 'narrowing' ? 'narrowed the arguments' : 'replaced arguments'}: `), quiet(data.steps.slice(0, 4).map((step) => `${step.path.slice(1)} ${step.of ? `${step.of.before} → ${step.of.after}` : step.how}`).join(', ')), quiet('. What was signed before fell.')] }),
  'approval.signed': (data, by) => ({ kind: 'person', lane: 'people', sentence: [ours(`${by} signed.`), quiet(` Still needed: ${data.stillNeeded.join(', ')}.`), ...because(data.reason)] }),
  'approval.granted': (data, by) => ({ kind: 'person', lane: 'people', verdict: 'approved', sentence: [ours(`${by} approved it.`), ...because(data.reason)] }),
  'approval.denied': (data, by) => ({ kind: 'person', lane: 'people', verdict: 'deny', sentence: [ours(`${by} denied it.`), ...because(data.reason)] }),
  'approval.expired': () => ({ kind: 'approval', lane: 'agent', verdict: 'expired', sentence: [ours('Nobody decided in time. It counts as denied.')] }),
  'approval.cancelled': (data) => ({ kind: 'approval', lane: 'agent', verdict: 'cancelled', sentence: [ours({ stopped: 'Cancelled: it was stopped.', session_ended: 'Cancelled: the session ended.', withdrawn: 'Withdrawn.', superseded: 'Cancelled: the rules changed.', unproven: 'Cancelled: a signature under it does not hold.' }[data.reason])] }),
  'approval.forgery_found': (data) => ({ kind: 'approval', lane: 'agent', verdict: 'cancelled', sentence: [ours('A signature under this approval does not hold, so nothing was allowed.'), quiet(` ${data.what}`)] }),
  'approval.escalated': (data) => ({ kind: 'approval', lane: 'agent', sentence: [ours(`Went to ${data.to}${data.why === 'unmet' ? ', as those asked first cannot meet it' : data.why === 'person' ? ', as a person sent it there' : ', as its time was half gone or more'}.`)] }),
  'approval.route_unmet': (data) => ({ kind: 'approval', lane: 'agent', sentence: [ours(data.what)] }),
  'approval.used': () => ({ kind: 'approval', lane: 'agent', verdict: 'used', sentence: [ours('The approval was used.')] }),
  'approval.unused_expired': () => ({ kind: 'approval', lane: 'agent', verdict: 'expired', sentence: [ours('Approved, and not used in time.')] }),
};

const because = (reason: string | null) => (reason ? [quiet(` “${line(reason)}”`)] : []);

const kindWords: Record<string, string> = { args: 'arguments', input: 'an input', output: 'an output', rationale: 'a reason', plan: 'a plan', dump: 'what the session was when it was stopped' };

/** Who acted, as people say it. */
export const actorName = (actor: LoggedEvent['actor']): string => actor.name ?? (actor.kind === 'system' ? `the ${actor.id}` : actor.kind === 'host' ? `${actor.id} on the host` : actor.kind);

/** An event in words; a kind that this page does not know is named as it stands in the record. */
export function eventWords(event: Pick<LoggedEvent, 'type' | 'actor' | 'data'>): EventWords {
  const write = words[event.type as EventType] as ((data: unknown, by: string) => EventWords) | undefined;
  return write ? write(event.data, actorName(event.actor)) : { kind: 'session', lane: 'agent', sentence: [{ text: event.type }] };
}
