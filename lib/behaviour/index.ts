/** Behaviour: what an agent usually does, learned from its closed clean sessions, and how far a live one is from it. */
export { LiveSummary, UNKNOWN_TOOL, recordsIn, type Restored } from './live-summary';
export { readArguments, type ReadArguments } from './read-arguments';
export { ARGUMENT_HISTORY, argumentDeviations } from './arguments/deviations';
export { firstSeenPlaces } from './first-seen';
export { weigh, type History, type Weighed } from './weigh';
export { behaviourFindings, behaviourView, noHistory, notableKinds, unreadableHistory } from './history';
export { learnBaselines } from './learn-baselines';
export { readBaseline } from './read-baseline';
export type { BehaviourView } from './schema';
