import type { SessionRow } from '@/components/sessions/view';
import type { SessionSummary } from '@/lib/sessions';

/** A session as a line of a list. */
export function sessionRow(session: SessionSummary): SessionRow {
  return {
    id: session.id, shortId: session.shortId, agent: session.agentName, purpose: session.purpose, state: session.state, startedAt: session.openedAt, lastEventAt: session.lastEventAt ?? session.openedAt,
    events: session.lastSeq, asks: session.asked, denies: session.denied, waiting: session.pending, tainted: session.untrustedSeen, constrained: session.constrained !== null && session.endedAt === null, enforcement: session.enforcement, simulated: session.simulated,
    ...(session.principal ? { principal: session.principal.name ?? session.principal.id } : {}),
  };
}
