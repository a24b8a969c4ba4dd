import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionDigest, decisionCodes } from '@/lib/protocol';
import { readable } from './decision-inbox';
import { judgeDecision } from './judge-decision';
import { asked, decisionFor } from './testing/contract-server';

const call = { requestId: 'r1', tool: 'send_email', args: { to: 'a@example.org' } };

describe('a decision', () => {
  it('allows what a rule permits and what a person granted', () => {
    expect(judgeDecision(decisionFor(call), call)).toMatchObject({ kind: 'allow', args: call.args });
    expect(judgeDecision(decisionFor(call, { code: 'approval.granted' }), call).kind).toBe('allow');
  });

  it('allows the arguments that an approver changed, by their digest', () => {
    const args = { to: 'b@example.org' };
    const changed = decisionFor(call, { code: 'approval.granted', args, digest: actionDigest(call.tool, args) });
    expect(judgeDecision(changed, call)).toMatchObject({ kind: 'allow', args });
    expect(judgeDecision({ ...changed, digest: actionDigest(call.tool, call.args) }, call)).toMatchObject({ kind: 'deny', mismatch: {} });
    expect(judgeDecision({ ...changed, code: 'policy.permit' }, call).kind).toBe('deny');
  });

  it('is a mismatch when its digest is of another call', () => {
    const judgement = judgeDecision(decisionFor(call, { digest: 'f'.repeat(64) }), call);
    expect(judgement).toMatchObject({ kind: 'deny', mismatch: { granted: 'f'.repeat(64) } });
    expect(readable(judgement)).toMatchObject({ decision: 'deny', code: 'policy.error' });
  });

  it('waits for a person only when it says which question that is', () => {
    expect(judgeDecision(decisionFor(call, asked()), call).kind).toBe('ask');
    expect(judgeDecision(decisionFor(call, { ...asked(), approval: undefined }), call).kind).toBe('deny');
    expect(judgeDecision(decisionFor(call, { ...asked(), permit: 'x' }), call).kind).toBe('deny');
    expect(judgeDecision(decisionFor(call, { ...asked(), code: 'policy.permit' }), call).kind).toBe('deny');
  });

  it('of a code, verdict or severity that is not known is a no that says so', () => {
    for (const change of [{ code: 'policy.maybe' }, { decision: 'allow_once' }, { decision: 'ALLOW' }, { findings: [{ detector: 'd', kind: 'k', severity: 'fatal' }] }]) {
      const judgement = judgeDecision({ ...decisionFor(call), ...change }, call);
      expect(judgement.kind).toBe('deny');
      expect(judgement.decision.reason).toMatch(/does not understand/);
    }
  });

  it('allows nothing but the two exact forms, whatever is sent', () => {
    const anyField = fc.oneof(fc.anything(), fc.constantFrom('allow', 'deny', 'ask', ...decisionCodes, call.requestId, 'r2', actionDigest(call.tool, call.args)));
    const mutated = fc.tuple(
      fc.oneof({ weight: 4, arbitrary: fc.constant('allow') }, fc.constantFrom('deny', 'ask', 'permit', true, 1)),
      fc.oneof(fc.constantFrom('policy.permit', 'approval.granted'), fc.constantFrom(...decisionCodes, 'policy.maybe', '', null)), fc.constantFrom('r1', 'r1', 'r2'),
      fc.constantFrom(actionDigest(call.tool, call.args), 'f'.repeat(64)), fc.option(fc.constantFrom({ to: 'a@example.org' }, { to: 'x' }), { nil: undefined }),
      fc.oneof(fc.constant({}), fc.dictionary(fc.constantFrom('rules', 'findings', 'provenance', 'reason', 'policyVersion', 'permit', 'approval', 'extra'), anyField)),
    );
    let allowed = 0;
    fc.assert(
      fc.property(mutated, ([decision, code, requestId, digest, args, fields]) => {
        const raw = { ...decisionFor(call), decision, code, requestId, digest, ...(args === undefined ? {} : { args }), ...fields };
        const judgement = judgeDecision(raw, call);
        if (judgement.kind !== 'allow') return;
        allowed += 1;
        expect(decision).toBe('allow');
        expect(['policy.permit', 'approval.granted']).toContain(code);
        expect(requestId).toBe('r1');
        expect(actionDigest(call.tool, judgement.args)).toBe(digest);
        if (args !== undefined) expect(code).toBe('approval.granted');
      }),
      { numRuns: 3_000, seed: 7 },
    );
    // Otherwise the property would hold by never being tried.
    expect(allowed).toBeGreaterThan(20);
    fc.assert(fc.property(fc.anything(), (raw) => { expect(judgeDecision(raw, call).kind).toBe('deny'); }), { numRuns: 2_000 });
  });
});
