/** @countersign/agent: ask before you act. Connect an agent, open a session, put tools behind `guard`. */
export { AgentClient, type ClientEvents, type ConnectOptions, type OpenSession } from './agent-client';
export { SessionHandle, type ActionRequest, type RequestOptions, type SessionEvents, type WaitOptions } from './session-handle';
export { guard, type CallDetails } from './guard';
export { runAction, type ActionOutcome, type ActionRun, type RunOptions } from './run-action';
export { redeemPermit, verifyPermit, type RedeemOptions, type VerifyOptions } from './verify-permit';
export * from './errors';
export type { Args, Decision, DecisionCode, Finding, Issue, Money, Order, PermitClaims, Provenance, RuleHit } from '@/lib/protocol';
