import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planProblems } from './plan-rules';

const limits = { maxDepth: 4, maxRetries: 2 };
const step = (id: string, dependsOn: string[] = [], maxRetries = 0) => ({ id, dependsOn, maxRetries });

describe('the shape of a plan', () => {
  it('is fine for a chain that is not too long, in any order', () => {
    expect(planProblems([step('c', ['b']), step('a'), step('b', ['a']), step('d', ['a', 'c'])], limits)).toEqual(new Map());
    expect(planProblems([], limits)).toEqual(new Map());
  });

  it('names what is wrong by step', () => {
    expect(planProblems([step('a'), step('a')], limits).get('a')).toContain('Two steps');
    expect(planProblems([step('a', ['x'])], limits).get('a')).toContain('"x", which is not a step');
    const circle = planProblems([step('a', ['b']), step('b', ['a']), step('c', ['b']), step('d')], limits);
    expect([...circle.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(planProblems([step('a', ['a'])], limits).get('a')).toContain('circle');
    expect(planProblems([step('a', [], 3)], limits).get('a')).toContain('at most 2');
    const chain = planProblems(['1', '2', '3', '4', '5', '6'].map((id, i, all) => step(id, i > 0 ? [all[i - 1]!] : [])), limits);
    expect([...chain.keys()]).toEqual(['5', '6']);
  });

  it('finds a circle exactly where there is one, whatever the graph', () => {
    const graph = fc.integer({ min: 1, max: 9 }).chain((n) => fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 3 }), { minLength: n, maxLength: n }));
    fc.assert(fc.property(graph, (edges) => {
      const steps = edges.map((on, i) => step(String(i), [...new Set(on)].map(String)));
      const problems = planProblems(steps, { maxDepth: 256, maxRetries: 0 });
      // The plain way: whoever reaches itself, or reaches somebody who does.
      const reach = (from: number, seen: Set<number>): Set<number> => { for (const to of edges[from]!) if (!seen.has(to)) { seen.add(to); reach(to, seen); } return seen; };
      const circular = edges.map((_, i) => reach(i, new Set()).has(i));
      for (const [i] of edges.entries()) expect(problems.has(String(i))).toBe(circular[i] || [...reach(i, new Set())].some((to) => circular[to]));
    }));
  });
});
