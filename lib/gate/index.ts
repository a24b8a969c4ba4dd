/** The gate: decides each action by its checks, writes the decision, and only then answers. */
export type { Gate } from './gate';
export { makeGateMetrics, type GateMetrics } from './metrics';
export { Baselines } from './baselines';
export { Budgets } from './budgets';
export { refreshBudgets } from './refresh-budgets';
export { attachByOpening, attachedSession, sessionOfAction, type Holder } from './attach-session';
export { decideAction } from './decide-action';
export { currentDecision } from './collect-decision';
export { knownAction } from './known-actions';
export { startAction } from './start-action';
export { finishAction } from './finish-action';
export { addInput } from './add-input';
export { submitPlan } from './submit-plan';
export { checkOutput, addSpans } from './check-output';
export { decidedOf, openDecisions } from './open-decisions';
export { redeemPermit } from './redeem-permit';
export type { LiveSession } from './live-session';
export { changeJudge } from './judge-again';
