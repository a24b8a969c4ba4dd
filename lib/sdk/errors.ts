import type { Decision, Finding, Issue, RuleHit } from '@/lib/protocol';

/** Every way in which a call can end without its tool having run, or with an effect that is not known. */
export type CountersignErrorCode =
  | 'denied' | 'approval_pending' | 'approval_denied' | 'approval_expired' | 'approval_cancelled' | 'decision_timeout' | 'digest_mismatch'
  | 'lease_lapsed' | 'session_stopped' | 'session_paused' | 'session_not_open'
  | 'unavailable' | 'rate_limited' | 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'held' | 'closed' | 'server'
  | 'result_unreported' | 'permit_refused' | 'state_file';

/** What every error of this package is. `code` is for programs, `message` says what happened and what to do about it. */
export class CountersignError extends Error {
  constructor(readonly code: CountersignErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The gate said no. `reason` is a sentence for people: why, and what could be asked for instead. */
export class Denied extends CountersignError {
  readonly decision: Decision;
  constructor(decision: Decision, code: CountersignErrorCode = 'denied') {
    super(code, `${decision.reason} (${decision.code})`);
    this.decision = decision;
  }
  get reason(): string { return this.decision.reason; }
  /** The gate's own code, e.g. `policy.forbid` or `budget.exceeded`. */
  get decisionCode(): Decision['code'] { return this.decision.code; }
  get rules(): RuleHit[] { return this.decision.rules; }
  get findings(): Finding[] { return this.decision.findings; }
  get actionId(): string { return this.decision.actionId; }
  get requestId(): string { return this.decision.requestId; }
}

/** A person was asked and said no. Asking again with the same arguments will not help; `reason` may say what would. */
export class ApprovalDenied extends Denied {
  constructor(decision: Decision) { super(decision, 'approval_denied'); }
}

/** Nobody decided in time, or the approval was not used in time. A new request asks again. */
export class ApprovalExpired extends Denied {
  constructor(decision: Decision) { super(decision, 'approval_expired'); }
}

/** The question was withdrawn, for example because the session ended or was stopped. */
export class ApprovalCancelled extends Denied {
  constructor(decision: Decision) { super(decision, 'approval_cancelled'); }
}

/** A person has to decide, and the call was told not to wait (`onAsk: 'throw'`). Call again with the same `requestId` to go on. */
export class ApprovalPending extends CountersignError {
  readonly actionId: string;
  readonly requestId: string;
  constructor(readonly decision: Decision) {
    super('approval_pending', `A person has to decide this${decision.approval ? ` by ${decision.approval.decideBy}` : ''}.${usually(decision)} Go on with other work, then call again with requestId "${decision.requestId}".`);
    this.actionId = decision.actionId;
    this.requestId = decision.requestId;
  }
}

/** Nobody has decided within the time this call was willing to wait. The question still stands; nothing was allowed. */
export class DecisionTimeout extends CountersignError {
  constructor(readonly requestId: string, waitedMs: number) {
    super('decision_timeout', `No decision within ${waitedMs} ms. The question still stands: wait again with requestId "${requestId}". Nothing was allowed.`);
  }
}

/** What was granted is not what was about to run. Nothing ran. */
export class DigestMismatch extends CountersignError {
  constructor(readonly actionId: string, readonly granted: string, readonly found: string) {
    super('digest_mismatch', `The grant is for other arguments (granted ${granted.slice(0, 12)}…, about to run ${found.slice(0, 12)}…), so nothing ran. Report this: a gateway or a library changed a call on its way.`);
  }
}

/** This process has not been confirmed by the gateway within its lease, so it must not act. It comes back by itself once connected. */
export class LeaseLapsed extends CountersignError {
  constructor() { super('lease_lapsed', 'The lease has lapsed: the gateway has not confirmed this process in time, so no tool may run. Try again once the client is connected.'); }
}

/** The session was stopped or closed. This is final: end the run; carrying on takes a new session, opened by whoever is in charge. */
export class SessionStopped extends CountersignError {
  constructor(readonly sessionId: string, why = 'The session was stopped') { super('session_stopped', `${why}. This is final: end the run. Work may go on in a new session once the stop is released.`); }
}

/** The session is paused by a person; nothing may run until it is resumed. */
export class SessionPaused extends CountersignError {
  constructor(readonly sessionId: string) { super('session_paused', 'The session is paused. Wait for the "resume" event; nothing may run until then.'); }
}

/** The session is in a state in which nothing may run, e.g. `lost`. */
export class SessionNotOpen extends CountersignError {
  constructor(readonly sessionId: string, readonly state: string) { super('session_not_open', `The session is "${state}", so nothing may run in it. It is opened again by itself when the client is back; otherwise open a new one.`); }
}

/** The tool ran, but the gateway did not learn its result, so nothing of it may be read. Do not run it again: its effect has happened. */
export class ResultUnreported extends CountersignError {
  constructor(readonly actionId: string, options?: { cause?: unknown }) { super('result_unreported', 'The tool ran, but its result could not be reported, so it is withheld. Do not run it again; look at what it did.', options); }
}

/** The gateway cannot be reached or cannot decide now. Nothing was allowed; try again after `retryAfterMs` milliseconds. */
export class Unavailable extends CountersignError {
  constructor(message: string, readonly retryAfterMs = 1_000, options?: { cause?: unknown; code?: 'unavailable' | 'rate_limited' }) {
    super(options?.code ?? 'unavailable', message, options?.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** Too many requests; `retryAfterMs` says when the next one is welcome. */
export class RateLimited extends Unavailable {
  constructor(message: string, retryAfterMs?: number) { super(message, retryAfterMs, { code: 'rate_limited' }); }
}

/** The call itself is wrong; `issues` name each place by JSON Pointer. Trying again unchanged will not help. */
export class InvalidRequest extends CountersignError {
  constructor(message: string, readonly issues: Issue[] = []) {
    super('invalid', issues.length === 0 ? message : `${message} ${issues.map((issue) => `${issue.path || 'The whole'} ${issue.message}`).join('; ')}.`);
  }
}

/** The client's own credentials were refused. */
export class Unauthenticated extends CountersignError {
  constructor(message: string) { super('unauthenticated', message); }
}

/** Known, but not allowed, or not there, or in somebody else's hands: `code` is `forbidden`, `not_found`, `conflict` or `held`. */
export class Refused extends CountersignError {
  constructor(code: 'forbidden' | 'not_found' | 'conflict' | 'held', message: string) { super(code, message); }
}

/** Somebody stopped a session of this agent and holds its new ones for some minutes; the message says until when, `retryAfterMs` how long that is. */
export class SessionsHeld extends Refused {
  constructor(message: string, readonly retryAfterMs = 60_000) { super('held', message); }
}

/** The client was closed by this process. */
export class ClientClosed extends CountersignError {
  constructor() { super('closed', 'This client is closed. Connect a new one.'); }
}

/** The server answered something that this version does not know; it is read as a refusal. */
export class ServerFault extends CountersignError {
  constructor(message: string, options?: { cause?: unknown }) { super('server', message, options); }
}

/** A permit does not hold for this call. `reason` is one of a closed list, e.g. `expired` or `digest_mismatch`. */
export class PermitRefused extends CountersignError {
  constructor(readonly reason: string, message: string) { super('permit_refused', message); }
}

/** The state file can't be read or written; running on without it could run a tool twice. */
export class StateFileError extends CountersignError {
  constructor(message: string, options?: { cause?: unknown }) { super('state_file', message, options); }
}

const usually = ({ approval }: Decision): string => (approval?.expectedWaitMs ? ` Requests like it usually wait ${seconds(approval.expectedWaitMs.p50)}, nine in ten at most ${seconds(approval.expectedWaitMs.p90)}.` : '');
const seconds = (ms: number): string => `${Math.ceil(ms / 1_000)} s`;
