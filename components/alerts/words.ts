import { actorWords } from '@/components/switches/scope-words';
import type { ActView, AlertDetail, AlertView, Evidence } from '@/lib/alerts/schema';
import type { AlertTab } from './view';

export const tabWords: Record<AlertTab, string> = { open: 'Open', mine: 'Mine', muted: 'Muted', closed: 'Closed', all: 'All' };
export const severityWords = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' } as const;

const detectorWords: Record<string, string> = {
  injection: 'Injection', canary: 'Canary', secrets: 'Secret', 'personal-data': 'Personal data', egress: 'Way out', provenance: 'Origin', plan: 'Plan', behaviour: 'Behaviour', budget: 'Budget', flood: 'Flood', notify: 'Notifications',
};

/** "Injection: hidden text". What a detector calls it, as people read it. */
export const alertTitle = ({ detector, kind }: Pick<AlertView, 'detector' | 'kind'>): string => `${detectorWords[detector] ?? detector}: ${kind.replaceAll(/[_-]+/g, ' ')}`;

export const timesWords = (count: number): string => (count === 1 ? 'seen once' : `seen ${count.toLocaleString('en')} times`);

export const closingWords = { true: 'It was real', benign: 'Benign', duplicate: 'Duplicate' } as const;

export function stateWords({ state, mute }: Pick<AlertView, 'state' | 'mute'>): string {
  switch (state.kind) {
    case 'open': return mute ? 'muted' : 'open';
    case 'acknowledged': return `acknowledged by ${actorWords(state.by)}`;
    case 'assigned': return `assigned to ${state.to.name}`;
    case 'closed': return `closed as ${state.as === 'true' ? 'real' : state.as} by ${actorWords(state.by)}`;
  }
}

export const actWords: Record<AlertView['act'], string> = { queue: 'Nothing but this call for a person', page: 'Pages whoever is on duty', constrain: 'Holds the session to less', pause: 'Pauses the session', stop: 'Stops the session' };

/** What became of what a rule did at once. */
export function outcomeWords({ act, outcome }: Pick<ActView, 'act' | 'outcome'>): string {
  if (outcome === null) return 'Due: it waits for a worker.';
  if (outcome === 'over') return 'The session had ended already.';
  if (outcome === 'lifted') return 'A person had lifted it already.';
  if (outcome === 'withheld') return 'Left to a person: the detector has stopped as many sessions as it may in a minute.';
  const done = act === 'stop' ? 'stopped' : act === 'pause' ? 'paused' : 'held to less';
  return outcome === 'done' ? `The session was ${done}.` : `The session was ${done} already.`;
}

/** Where in a session's record it was seen. */
export function placeWords({ type, path, span }: Evidence): string {
  const what = type === 'input.added' ? 'What the agent read' : type === 'action.finished' ? 'The result of a call' : type === 'output.checked' ? 'What the agent wrote' : type === 'plan.submitted' ? 'Its plan' : 'The arguments of a call';
  return `${what}${path ? `, at ${path}` : ''}${span ? `, characters ${(span[0] + 1).toLocaleString('en')} to ${span[1].toLocaleString('en')}` : ''}`;
}

export const previousWords = (previous: NonNullable<AlertDetail['previous']>): string => (previous.as === null ? 'One like it came before.' : `One like it was closed before, as ${previous.as === 'true' ? 'real' : previous.as}.`);

/** The page's first words. */
export function alertsHeadline({ open, muted, critical }: { open: number; muted: number; critical: number }): string {
  if (open === 0) return muted > 0 ? 'No alert is open.' : 'Nothing was seen that needs you.';
  const all = open === 1 ? 'One alert is open.' : `${open.toLocaleString('en')} alerts are open.`;
  return critical === 0 ? all : `${all} ${critical === open ? (open === 1 ? 'It is critical.' : 'All are critical.') : critical === 1 ? 'One is critical.' : `${critical.toLocaleString('en')} are critical.`}`;
}
