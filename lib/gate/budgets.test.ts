import { describe, expect, it } from 'vitest';
import { starterBundle } from '@/lib/policies';
import type { Limit } from '@/lib/policies/schema';
import { Budgets, type BudgetAsk } from './budgets';
import { ToolUsage } from './tool-usage';

const tool = starterBundle(1).tools.find(({ name }) => name === 'search_articles')!;
const now = new Date('2026-03-01T12:00:00Z');
const ask = (more: Partial<BudgetAsk> = {}): BudgetAsk => ({ sessionId: 's', agentId: 'a', principalId: undefined, tool, costE4: 0, currency: 'EUR', rows: 0, now, monotonicMs: 1_000, usage: new ToolUsage(), ...more });
function take(budgets: Budgets, limit: Limit, more: Partial<BudgetAsk> = {}): () => void {
  const answer = budgets.check([limit], ask(more));
  if (!answer.ok) throw new Error(answer.reason);
  return answer.commit();
}

describe('what a decision that was not written had taken', () => {
  const own: Limit['on'] = { per: 'tool', name: tool.name };

  it('is given back: its place in a minute', () => {
    const [budgets, limit]: [Budgets, Limit] = [new Budgets(), { on: own, callsPerMinute: { rate: 1, burst: 1 } }];
    const undo = take(budgets, limit);
    expect(budgets.check([limit], ask())).toMatchObject({ ok: false, reason: expect.stringContaining('times a minute') as string });
    undo();
    take(budgets, limit);
    expect(budgets.check([limit], ask())).toMatchObject({ ok: false });
  });

  it('never as more than there is', () => {
    const [budgets, limit]: [Budgets, Limit] = [new Budgets(), { on: own, callsPerMinute: { rate: 60, burst: 2 } }];
    const undo = take(budgets, limit);
    // A minute has filled it meanwhile.
    expect(budgets.check([limit], ask({ monotonicMs: 61_000 }))).toMatchObject({ ok: true });
    undo();
    take(budgets, limit, { monotonicMs: 61_000 });
    take(budgets, limit, { monotonicMs: 61_000 });
    expect(budgets.check([limit], ask({ monotonicMs: 61_000 }))).toMatchObject({ ok: false });
  });

  it('is given back: calls and cost', () => {
    const [budgets, limit]: [Budgets, Limit] = [new Budgets(), { on: own, callsPerSession: 1, costPerSession: { amount: '1.00', currency: 'EUR' } }];
    const undo = take(budgets, limit, { costE4: 10_000 });
    expect(budgets.check([limit], ask())).toMatchObject({ ok: false });
    undo();
    take(budgets, limit, { costE4: 10_000 });
  });

  it('is given back: the one try of a tool that fails', () => {
    const breaker = { failures: 1, withinMs: 60_000, openMs: 1_000 };
    const [budgets, limit]: [Budgets, Limit] = [new Budgets(), { on: own, breaker }];
    budgets.ended([limit], { agentId: 'a', tool }, false, 0);
    expect(budgets.check([limit], ask({ monotonicMs: 500 }))).toMatchObject({ ok: false });
    const undo = take(budgets, limit, { monotonicMs: 1_500 });
    expect(budgets.check([limit], ask({ monotonicMs: 1_600 }))).toMatchObject({ ok: false });
    undo();
    take(budgets, limit, { monotonicMs: 1_600 });
  });
});
