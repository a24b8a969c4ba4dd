import { WINDOW, baselineSchema, type BehaviourView } from './schema';
import type { History, Weighed } from './weigh';
import { daysOf } from './words';

export const noHistory: History = { kind: 'none', why: 'too_few' };
export const unreadableHistory: History = { kind: 'none', why: 'unavailable' };

/** A stored baseline made ready to be compared with. One that cannot be understood is no history, and says so. */
export function historyOf(stored: unknown): History {
  const parsed = baselineSchema.safeParse(stored);
  if (!parsed.success) return unreadableHistory;
  const baseline = parsed.data;
  if (baseline.sessions < WINDOW.least) return noHistory;
  const everywhere = new Set(Object.values(baseline.tools).flatMap(({ fields }) => Object.values(fields).flatMap(({ domains }) => Object.keys(domains))));
  return { kind: 'known', baseline, everywhere, view: { sessions: baseline.sessions, calls: baseline.calls, days: daysOf(baseline) } };
}

/** A difference that weighs less is no finding, and no rule's concern. */
const NOTABLE = 10;
const MEDIUM = 30;
const SHOWN = 3;

/** The kinds of difference that rules may ask about. */
export const notableKinds = (weighed: Weighed): string[] => weighed.reasons.filter(({ points }) => points >= NOTABLE).map(({ kind }) => kind);

export type BehaviourFinding = { detector: 'behaviour'; kind: string; severity: 'low' | 'medium'; path?: string };

/** What differs, as findings of the decision. Being unlike oneself is no proof of anything: never more than medium. */
export function behaviourFindings(weighed: Weighed): BehaviourFinding[] {
  return weighed.reasons.filter(({ points }) => points >= NOTABLE).map(({ kind, points, path }) => ({
    detector: 'behaviour', kind, severity: points >= MEDIUM ? 'medium' : 'low', ...(path === undefined ? {} : { path }),
  }));
}

/** What is kept with the decision: the score and the three reasons that weigh most, in words, and those about single arguments. */
export function behaviourView(history: History, weighed: Weighed, lines: BehaviourView['arguments'] = []): BehaviourView {
  if (history.kind === 'none') return { history: null, why: history.why, score: 0, reasons: [] };
  return { history: history.view, score: weighed.score, reasons: weighed.reasons.slice(0, SHOWN).map(({ kind, points, say }) => ({ kind, points, sentence: say() })), ...(lines.length > 0 ? { arguments: lines } : {}) };
}
