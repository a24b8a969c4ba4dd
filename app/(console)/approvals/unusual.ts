import type { BehaviourView } from '@/lib/behaviour/schema';
import type { Usual } from '@/lib/approvals';

/** Three times the median is worth a line; less is noise. */
const WORTH_SAYING = 3;

/**
 * How a call differs from what its agent usually does, as it was known when the call was decided. Without a baseline, the
 * agent's own earlier calls of the tool; null where there are none to compare with either.
 */
export function unusualLines(behaviour: BehaviourView | null, usual: Usual, destination: string | undefined): string[] | null {
  if (behaviour?.history) {
    const { sessions, calls, days } = behaviour.history;
    const span = `${calls.toLocaleString('en')} ${calls === 1 ? 'call' : 'calls'} in ${sessions.toLocaleString('en')} sessions over ${days <= 1 ? 'a day' : `${days} days`}`;
    return behaviour.reasons.length > 0 ? behaviour.reasons.map(({ sentence }) => sentence) : [`Nothing, compared with ${span}.`];
  }
  const lines = earlierCalls(usual, destination);
  if (!behaviour) return lines;
  const why = behaviour.why === 'unavailable' ? 'What this agent usually does could not be read.' : 'No history of whole sessions yet.';
  return lines ? [why, ...lines] : behaviour.why === 'unavailable' ? [why] : null;
}

function earlierCalls(usual: Usual, destination: string | undefined): string[] | null {
  if (usual.calls === 0) return null;
  const span = `${usual.calls.toLocaleString('en')} ${usual.calls === 1 ? 'call' : 'calls'} over ${usual.days <= 1 ? 'a day' : `${usual.days} days`}`;
  const lines: string[] = [];
  if (destination !== undefined && usual.sameDestination === 0) lines.push(`${short(destination)}: never seen in ${span}.`);
  const ratio = usual.bytes !== null && usual.medianBytes ? usual.bytes / usual.medianBytes : 0;
  if (usual.calls >= 5 && ratio >= WORTH_SAYING) lines.push(`Size: ${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}× the median.`);
  if (lines.length === 0 && destination !== undefined && usual.sameDestination) lines.push(`Nothing: ${short(destination)} was in ${usual.sameDestination.toLocaleString('en')} of ${span}.`);
  return lines;
}

/** The card shows destinations whole where they are arguments; here one is only named. */
const short = (text: string) => (text.length <= 80 ? text : `${text.slice(0, 50)} … ${text.slice(-20)}`);
