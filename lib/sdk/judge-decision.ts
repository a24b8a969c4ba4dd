import { actionDigest, type Args, type Decision, decisionSchema, type DecisionCode } from '@/lib/protocol';

/** What a decision means for the call that asked. There is no fourth kind, and whatever is not understood is `deny`. */
export type Judgement =
  | { kind: 'allow'; decision: Decision; args: Args | undefined }
  | { kind: 'ask'; decision: Decision }
  | { kind: 'deny'; decision: Decision; mismatch?: { granted: string; found: string } };

/** The call that asked: by its arguments or, where they are no longer at hand, by their digest alone. */
export type AskedCall = { requestId: string; tool: string; args?: Args; digest?: string };

/** The only codes that may stand beside `allow`; new ones need a new client. */
const ALLOWS: ReadonlySet<DecisionCode> = new Set(['policy.permit', 'approval.granted']);

/**
 * Reads a decision as protocol 1 defines it, for one call. Allow needs every part of it to fit: a known code, this
 * request's id, arguments changed only by an approver, and a digest of exactly what will run.
 */
export function judgeDecision(raw: unknown, call: AskedCall): Judgement {
  const parsed = decisionSchema.safeParse(raw);
  if (!parsed.success) return { kind: 'deny', decision: notUnderstood(raw, call) };
  const decision = parsed.data;
  if (decision.requestId !== call.requestId) return { kind: 'deny', decision: notUnderstood(raw, call) };
  switch (decision.decision) {
    case 'deny':
      return { kind: 'deny', decision };
    case 'ask':
      return decision.code === 'approval.pending' && decision.approval && !decision.permit && !decision.args
        ? { kind: 'ask', decision }
        : { kind: 'deny', decision: notUnderstood(raw, call) };
    case 'allow': {
      if (!ALLOWS.has(decision.code) || (decision.args && decision.code !== 'approval.granted')) return { kind: 'deny', decision: notUnderstood(raw, call) };
      const args = decision.args ?? call.args;
      const found = args ? digestOf(call.tool, args) : (call.digest ?? 'none');
      if (found !== decision.digest) return { kind: 'deny', decision, mismatch: { granted: decision.digest, found } };
      return { kind: 'allow', decision, args };
    }
  }
}

function digestOf(tool: string, args: Args): string {
  try {
    return actionDigest(tool, args);
  } catch {
    return 'none: these arguments are not JSON';
  }
}

function notUnderstood(raw: unknown, call: { requestId: string }): Decision {
  const actionId = (raw as { actionId?: unknown } | null)?.actionId;
  return {
    actionId: typeof actionId === 'string' ? actionId : '',
    requestId: call.requestId,
    digest: '',
    decision: 'deny',
    code: 'policy.error',
    reason: 'The gateway answered a decision that this version of the client does not understand, which counts as a no. Update @countersign/agent.',
    rules: [],
    policyVersion: '',
    findings: [],
    provenance: {},
  };
}
