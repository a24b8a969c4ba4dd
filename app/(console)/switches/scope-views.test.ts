import { expect, it } from 'vitest';
import type { RunningSession } from '@/lib/switches';
import { scopeViews } from './scope-views';

const session = (id: string, agentId: string, instanceId: string, more: Partial<RunningSession> = {}): RunningSession => ({ id, agentId, agentName: `agent ${agentId}`, instanceId, instanceName: `on ${instanceId}`, purpose: 'work', approvals: 0, writing: false, ...more });
const running = [session('s1', 'a', 'i1', { approvals: 2, writing: true }), session('s2', 'a', 'i1'), session('s3', 'b', 'i2')];
const input = { running, agents: [{ id: 'b', name: 'B' }, { id: 'a', name: 'A' }, { id: 'idle', name: 'Idle' }], classes: [], standing: [], chosen: {} };
const reach = (views: ReturnType<typeof scopeViews>, scope: string) => views.find((one) => one.scope === scope)!.choices.map((one) => [one.target, one.reach]);

it('says from near to far what each stop would hit', () => {
  const views = scopeViews(input);
  expect(views.map((one) => one.scope)).toEqual(['session', 'instance', 'agent', 'class', 'global']);
  expect(reach(views, 'session')[0]).toEqual(['s1', { sessions: 1, instances: 1, inTheMiddleOfAWrite: 1, approvals: 2 }]);
  expect(reach(views, 'agent')).toEqual([['a', { sessions: 2, instances: 1, inTheMiddleOfAWrite: 1, approvals: 2 }], ['b', { sessions: 1, instances: 1, inTheMiddleOfAWrite: 0, approvals: 0 }], ['idle', { sessions: 0, instances: 0, inTheMiddleOfAWrite: 0, approvals: 0 }]]);
  expect(reach(views, 'global')).toEqual([[null, { sessions: 3, instances: 2, inTheMiddleOfAWrite: 1, approvals: 2 }]]);
});

it('brings the instance and the agent of a chosen session along, and ignores what does not run', () => {
  expect(scopeViews({ ...input, chosen: { session: 's3' } }).map((one) => one.chosen)).toEqual(['s3', 'i2', 'b', undefined, undefined]);
  expect(scopeViews({ ...input, chosen: { session: 'gone' } }).map((one) => one.chosen)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

it('leads to a stop that stands already', () => {
  const standing = [{ id: 'o', kind: 'stop', scope: 'agent', target: 'a' }] as never;
  expect(scopeViews({ ...input, standing }).find((one) => one.scope === 'agent')!.choices[0]).toMatchObject({ target: 'a', standingOrderId: 'o' });
});
