import { type Args, type Decision, type Finding, type Money, newId } from '@/lib/protocol';
import { boundOutput, wellFormed } from './bound-output';
import { ApprovalCancelled, ApprovalDenied, ApprovalExpired, ApprovalPending, Denied, DigestMismatch, ResultUnreported } from './errors';
import type { Judgement } from './judge-decision';
import type { ActionRequest, RequestOptions, SessionHandle } from './session-handle';

export type RunOptions = RequestOptions & {
  /** What to do when a person has to decide: wait (default), or throw ApprovalPending and go on with other work. */
  onAsk?: 'wait' | 'throw';
  /** How long to wait for a person, in milliseconds; without one as long as the question stands. */
  waitMs?: number;
  /** Called once a person is being asked. */
  onPending?: (decision: Decision) => void;
  /** Whether what the tool gave counts as failed although it did not throw. The message is reported with the output. */
  failure?: (output: unknown) => string | undefined;
};

/** What a tool gets beside its arguments. */
export type ActionRun = {
  actionId: string;
  /** The proof of the allow, for tool servers that verify or redeem it. */
  permit?: string;
  /** Ends when the session is stopped or the caller gave up: stop what you are doing. */
  signal: AbortSignal;
  /** Tells what the run has used, for the session's budget. */
  usage(usage: { inputTokens?: number; outputTokens?: number; cost?: Money }): void;
};

export type ActionOutcome = {
  actionId: string;
  requestId: string;
  /** The arguments that ran, which an approver may have changed. */
  args: Args;
  /** What the agent may read: redacted, wrapped as data, or withheld. The tool's own output is not handed on. */
  output: unknown;
  verdict: string;
  findings: Finding[];
};

/**
 * Asks, waits where a person decides, checks that the grant is for exactly what will run, announces the start, runs, reports,
 * and returns what the agent may read. `run` is called at most once, and only after every one of these has said yes.
 */
export async function runAction<A extends object = Args>(session: SessionHandle, request: ActionRequest, run: (args: A, run: ActionRun) => unknown, options: RunOptions = {}): Promise<ActionOutcome> {
  const asked = { ...request, requestId: request.requestId ?? newId() };
  const signal = options.signal ? AbortSignal.any([session.signal, options.signal]) : session.signal;
  const { actionId, permit, args } = await granted(session, asked, options);
  const forTool = structuredClone(args) as A;

  session.assertMayAct();
  await session.started(actionId);
  let usage: Parameters<ActionRun['usage']>[0] | undefined;
  const begin = performance.now();
  let outcome: { status: 'ok'; output: unknown } | { status: 'error'; error: unknown };
  let began = false;
  try {
    // Between the gateway's yes and this line the process may have slept for an hour: the last look is here.
    session.assertMayAct();
    signal.throwIfAborted();
    began = true;
    outcome = { status: 'ok', output: await untilStopped(signal, async () => run(forTool, { actionId, signal, ...(permit === undefined ? {} : { permit }), usage: (used) => { usage = used; } })) };
  } catch (error) {
    outcome = { status: 'error', error };
  }

  const failure = outcome.status === 'error' ? `${began ? '' : 'Did not run: '}${messageOf(outcome.error)}` : options.failure?.(outcome.output);
  const report = {
    actionId,
    status: failure === undefined ? ('ok' as const) : ('error' as const),
    ...(outcome.status === 'ok' ? boundOutput(outcome.output) : {}),
    ...(failure === undefined ? {} : { error: wellFormed(failure.slice(0, 2_000)) }),
    durationMs: Math.round(performance.now() - begin),
    ...(usage ? { usage } : {}),
  };
  if (outcome.status === 'error') {
    // The tool's own error is what the caller has to see; that it could not be reported is second to it.
    await session.result(report).catch(() => {});
    throw outcome.error;
  }
  const answer = await session.result(report).catch((cause: unknown) => { throw new ResultUnreported(actionId, { cause }); });
  // What a tool gave in a session that was stopped meanwhile is for nobody to go on with.
  if (session.signal.aborted) throw session.signal.reason;
  return { actionId, requestId: asked.requestId, args, output: answer.output, verdict: answer.verdict, findings: answer.findings };
}

/** Time for a tool to end by itself after its signal has, in milliseconds. Its caller does not wait longer for it. */
const GRACE_MS = 1_000;

function untilStopped<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    const onAbort = () => { grace = setTimeout(() => reject(signal.reason as Error), GRACE_MS); };
    signal.addEventListener('abort', onAbort);
    run().then(resolve, reject).finally(() => { clearTimeout(grace); signal.removeEventListener('abort', onAbort); });
  });
}

async function granted(session: SessionHandle, request: ActionRequest & { requestId: string }, options: RunOptions): Promise<{ actionId: string; permit?: string; args: Args }> {
  const limits: RequestOptions = { ...(options.signal ? { signal: options.signal } : {}), ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }) };
  for (;;) {
    // Asking again after a person has decided collects the decision as it stands now: a fresh permit, or the stop that came after the yes.
    const judgement = await session.decide(request, limits);
    if (judgement.kind === 'allow' && judgement.args) {
      const { actionId, permit } = judgement.decision;
      return { actionId, args: judgement.args, ...(permit === undefined ? {} : { permit }) };
    }
    if (judgement.kind !== 'ask') throw refusalOf(judgement, session);
    if (options.onAsk === 'throw') throw new ApprovalPending(judgement.decision);
    options.onPending?.(judgement.decision);
    await session.waitForDecision(request.requestId, { ...(options.signal ? { signal: options.signal } : {}), ...(options.waitMs === undefined ? {} : { timeoutMs: options.waitMs }) });
  }
}

/** The error that a no becomes. */
export function refusalOf(judgement: Judgement, session: SessionHandle): Error {
  const { decision } = judgement;
  if (session.signal.aborted) return session.signal.reason as Error;
  if (judgement.kind === 'deny' && judgement.mismatch) return new DigestMismatch(decision.actionId, judgement.mismatch.granted, judgement.mismatch.found);
  switch (decision.code) {
    case 'approval.denied': return new ApprovalDenied(decision);
    case 'approval.expired': return new ApprovalExpired(decision);
    case 'approval.cancelled': return new ApprovalCancelled(decision);
    default: return new Denied(decision);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error));
