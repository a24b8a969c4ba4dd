import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endsProcess } from './rules';

const held = { agentId: 'agent', instanceId: 'instance', environment: 'production', sessions: [{ id: 'one', live: true }] };
const order = (scope: 'session' | 'instance' | 'agent' | 'class' | 'global', target: string | null, more: { kind?: 'stop' | 'pause'; environment?: string } = {}) => ({ kind: more.kind ?? 'stop' as const, scope, target, environment: more.environment ?? null });

describe('whether a stop ends a supervised process', () => {
  it.each([
    [order('global', null), 'yes'], [order('agent', 'agent'), 'yes'], [order('agent', 'other'), 'no'], [order('instance', 'instance'), 'yes'], [order('instance', 'agent'), 'no'],
    [order('class', 'financial'), 'no'], [order('session', 'one'), 'yes'], [order('session', 'two'), 'no'],
    [order('global', null, { environment: 'production' }), 'yes'], [order('global', null, { environment: 'staging' }), 'no'], [order('global', null, { kind: 'pause' }), 'no'],
  ] as const)('%j: %s', (one, ends) => expect(endsProcess(one, held)).toBe(ends));

  it('leaves a process alone in which other sessions run, for a stop of one of them', () => fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }), fc.infiniteStream(fc.boolean()), (ids, lives) => {
    const sessions = ids.map((id) => ({ id, live: lives.next().value! }));
    const others = sessions.slice(1).some((session) => session.live);
    expect(endsProcess(order('session', ids[0]!), { ...held, sessions })).toBe(others ? 'spared' : 'yes');
    // Whatever stops the whole process stops it with all of them.
    expect(endsProcess(order('instance', 'instance'), { ...held, sessions })).toBe('yes');
  })));
});
