import { severities, type Finding, type Severity } from '@/lib/protocol/decision';
import type { EventType, FollowedEvent, Wanted } from '@/lib/log';
import type { SeenFinding } from './rules';

const carriers = ['input.added', 'plan.submitted', 'action.allowed', 'action.denied', 'action.asked', 'action.finished', 'output.checked', 'approval.route_unmet'] as const satisfies readonly EventType[];

/** What carries findings. In canonical JSON a list that is not empty reads like this, wherever it stands; the same words within a text are escaped. */
export const wantedEvents = (limit: number): Wanted => ({ types: carriers, containing: '"findings":[{', limit });

type Part = Omit<SeenFinding, 'agentId'> & { agentId: string | null };

/** The findings of a session's event. One that cannot be read is none: the log is written by our own processes, by a closed catalogue. */
export function findingsIn({ stream, seq, type, recordedAt, agentId, data }: FollowedEvent): Part[] {
  if (!stream.startsWith('session/') || !Array.isArray(data.findings)) return [];
  return (data.findings as Partial<Finding>[]).flatMap((one) => (typeof one.detector === 'string' && typeof one.kind === 'string' && typeof one.severity === 'string'
    ? [{ sessionId: stream.slice('session/'.length), agentId, seq, type, at: recordedAt, finding: { detector: one.detector, kind: one.kind, severity: knownSeverity(one.severity), ...(typeof one.path === 'string' ? { path: one.path } : {}), ...(one.span ? { span: one.span } : {}) } }]
    : []));
}

/** Written by a newer gateway: better called for than overlooked. */
const knownSeverity = (severity: string): Severity => severities.find((one) => one === severity) ?? 'critical';
