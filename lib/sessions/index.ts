/** Sessions: one run of an agent's instance, for a purpose, on behalf of somebody. */
export { openSession, type OpenedSession } from './open-session';
export { closeSession } from './close-session';
export { LeaseRenewals } from './renew-lease';
export { loseSessions, sweepLapsedLeases } from './lose-session';
export { constrainWithin, type Constrained } from './constrain-session';
export { liftConstraint } from './lift-constraint';
export { readSession } from './read-session';
export type { Constraint, SessionRow, SessionSummary, SessionState, TimelineEvent, Enforcement } from './schema';
export { listSessions, getSession, readTimeline } from './queries';
export { sessionTaint, type SessionTaint } from './taint';
export { nameSessions, countSessions, type SessionName } from './session-names';
export { verifySessionChain, type ChainReading } from './verify-chain';
