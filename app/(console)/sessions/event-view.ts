import type { SessionEventView } from '@/components/sessions/view';
import type { LoggedEvent } from '@/lib/log';
import type { SessionTaint } from '@/lib/sessions';
import { eventWords } from './event-sentence';

export const lanes = ['people', 'agent'] as const;

type Decided = { findings?: { kind: string; path?: string }[]; content?: unknown; trusted?: boolean };

/** A recorded event as one row of the timeline. Its number in the stream is its step: the same in the row, the card and the record. */
export function eventView(event: LoggedEvent, taint: SessionTaint, readOnly: ReadonlySet<string>): SessionEventView {
  const { kind, sentence, verdict, lane, tool } = eventWords(event);
  const data = event.data as Decided;
  const reached = event.type.startsWith('action.') && (data.findings ?? []).some((finding) => finding.kind === 'untrusted_argument');
  // What came from outside by itself is a source; a tool's answer becomes one once its text turns up in an argument.
  const source = (event.type === 'input.added' && data.trusted === false) || taint.sources.includes(event.seq);
  return {
    seq: event.seq, at: event.recordedAt, step: event.seq, kind, sentence, lane: lanes.indexOf(lane),
    ...(verdict ? { verdict } : source && kind === 'result' ? { verdict: 'untrusted' as const } : {}),
    ...(source ? { taint: 'source' as const } : reached ? { taint: 'reached' as const } : {}),
    ...(tool ? { tool } : {}),
    ...(tool && readOnly.has(tool) && !reached && !source && foldable(event) ? { foldable: true } : {}),
  };
}

/** What an allowed read leaves behind: its decision, its start, its answer. A failure is read. */
const foldable = ({ type, data }: LoggedEvent): boolean => type === 'action.allowed' || type === 'action.started' || (type === 'action.finished' && (data as { status?: string }).status === 'ok');
