import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeTarget, type Evidence } from './target-rules';

const evidence: fc.Arbitrary<Evidence> = fc.record({
  fenced: fc.boolean(), acknowledged: fc.boolean(), exited: fc.constantFrom(null, 'cgroup-empty' as const, 'pidns-empty' as const, 'group-exited' as const), leaseLapsed: fc.boolean(), unreachable: fc.boolean(),
  heldBy: fc.constantFrom('nothing' as const, 'spared' as const, 'supervisor' as const, 'silent_supervisor' as const),
});
const nothing: Evidence = { fenced: true, acknowledged: false, exited: null, leaseLapsed: false, unreachable: false, heldBy: 'nothing' };

describe('what is known of a target', () => {
  it("never confirms by the agent's word alone where a supervisor holds its process", () => fc.assert(fc.property(evidence, (seen) => {
    fc.pre(seen.heldBy === 'supervisor' || seen.heldBy === 'silent_supervisor');
    expect(judgeTarget({ ...seen, exited: null, leaseLapsed: false }).confirmed).toBe(false);
  })));

  it('never confirms by the word of a supervisor that holds a process group alone', () => fc.assert(fc.property(evidence, (seen) => {
    expect(judgeTarget({ ...seen, exited: 'group-exited' }).confirmed).toBe(judgeTarget({ ...seen, exited: null }).confirmed);
  })));

  it('never confirms before the fence, and always by a namespace or a cgroup that is empty behind it', () => fc.assert(fc.property(evidence, (seen) => {
    expect(judgeTarget({ ...seen, fenced: false }).confirmed).toBe(false);
    for (const exited of ['pidns-empty', 'cgroup-empty'] as const) expect(judgeTarget({ ...seen, fenced: true, exited }).confirmed).toBe(true);
  })));

  it('never confirms less for more evidence, in whatever order it comes', () => fc.assert(fc.property(evidence, fc.constantFrom('fenced' as const, 'acknowledged' as const, 'leaseLapsed' as const, 'unreachable' as const), (seen, more) => {
    if (judgeTarget(seen).confirmed) expect(judgeTarget({ ...seen, [more]: true }).confirmed).toBe(true);
  })));

  it.each<[Partial<Evidence>, string, boolean]>([
    [{}, 'fenced', false],
    [{ fenced: false }, 'ordered', false],
    [{ acknowledged: true }, 'acknowledged', true],
    [{ acknowledged: true, heldBy: 'spared' }, 'acknowledged', true],
    [{ acknowledged: true, heldBy: 'supervisor' }, 'acknowledged', false],
    [{ acknowledged: true, heldBy: 'silent_supervisor' }, 'acknowledged', false],
    [{ unreachable: true }, 'unreachable', false],
    [{ unreachable: true, leaseLapsed: true }, 'lease_lapsed', true],
    [{ leaseLapsed: true, heldBy: 'supervisor' }, 'lease_lapsed', false],
    [{ leaseLapsed: true, heldBy: 'silent_supervisor' }, 'lease_lapsed', true],
    [{ exited: 'pidns-empty', heldBy: 'supervisor' }, 'exited', true],
    [{ exited: 'group-exited', acknowledged: true, heldBy: 'supervisor' }, 'exited', false],
    [{ exited: 'group-exited', leaseLapsed: true, heldBy: 'silent_supervisor' }, 'exited', true],
  ])('%j is %s, confirmed: %s', (more, state, confirmed) => {
    expect(judgeTarget({ ...nothing, ...more })).toEqual({ state, confirmed });
  });
});
