import type { Args } from '@/lib/protocol';
import { type ActionRun, runAction, type RunOptions } from './run-action';
import type { ActionRequest, SessionHandle } from './session-handle';

/** What may be said with one call. */
export type CallDetails = Omit<ActionRequest, 'tool' | 'args'> & RunOptions;

/**
 * Puts a tool behind the gate. The function that it returns asks before each call, waits while a person decides, runs `fn` with
 * the arguments that were allowed (an approver may have changed them), and resolves with what the agent may read of the result,
 * which may be redacted or withheld. It throws typed errors when the answer is no: Denied, ApprovalDenied, ApprovalExpired,
 * SessionStopped, LeaseLapsed, Unavailable, …; then `fn` did not run.
 */
export function guard<A extends object = Args>(session: SessionHandle, tool: string, fn: (args: A, run: ActionRun) => unknown, defaults: RunOptions = {}): (args: A, details?: CallDetails) => Promise<unknown> {
  return async (args, details = {}) => {
    const { signal, timeoutMs, onAsk, waitMs, onPending, failure, ...request } = { ...defaults, ...details };
    const options = Object.fromEntries(Object.entries({ signal, timeoutMs, onAsk, waitMs, onPending, failure }).filter(([, value]) => value !== undefined)) as RunOptions;
    return (await runAction<A>(session, { ...request, tool, args: args as Args }, fn, options)).output;
  };
}
