import { lookAtClaimed, lookAtText, type About, type Channel, type Looked } from '@/lib/inspect';
import type { Finding } from '@/lib/protocol/decision';
import type { Gate } from './gate';
import type { LiveSession } from './live-session';

/** Looks at what comes into a session or leaves it, with this session's marks and by the thresholds of the bundle in use. */
export function lookFor(gate: Gate, session: LiveSession, value: unknown, channel: Channel, trusted = false): Looked {
  return lookAtText(value, aboutOf(gate, session, channel, trusted), gate.bundle().prepared.bundle.inspection);
}

/** What more is to be told of a text that is said to be the user's by an agent whose word for that is not taken. */
export function lookForClaimed(gate: Gate, session: LiveSession, text: string, seen: readonly Finding[]): Finding[] {
  return lookAtClaimed(text, aboutOf(gate, session, 'input', true), gate.bundle().prepared.bundle.inspection, seen);
}

function aboutOf(gate: Gate, { row }: LiveSession, channel: Channel, trusted: boolean): About {
  return { channel, trusted, canary: row.canary, delimiter: row.delimiter, domains: gate.bundle().prepared.bundle.organisation.domains };
}
