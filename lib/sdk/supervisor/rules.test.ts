import { describe, expect, it } from 'vitest';
import type { Order } from '@/lib/protocol';
import { childEnvironment, coversProcess } from './rules';

const id = '019a0000-0000-7000-8000-000000000001';
const engage = (scope: Extract<Order, { kind: 'engage' }>['scope'], target?: string, environment?: string): Order => ({ kind: 'engage', id, scope, issuedAt: '2026-11-20T03:14:31.204Z', ...(target ? { target } : {}), ...(environment ? { environment } : {}) });
const held = { instanceId: 'i-1', agentId: 'a-1', environment: 'production' };

describe('what a supervisor takes as a stop of its process', () => {
  it.each([
    [engage('global'), true], [engage('global', undefined, 'staging'), false], [engage('agent', 'a-1'), true], [engage('agent', 'a-2'), false], [engage('instance', 'i-1'), true], [engage('instance', 'i-2'), false],
    [engage('session', id), true], [engage('class', 'financial'), false],
    [{ kind: 'noop', id, issuedAt: '2026-11-20T03:14:31.204Z' }, false], [{ ...engage('global'), kind: 'pause' } as Order, false],
    [{ kind: 'release', id, scope: 'global', issuedAt: '2026-11-20T03:14:31.204Z', epoch: 1, releases: id }, false],
  ] as [Order, boolean][])('%j: %s', (order, covers) => expect(coversProcess(order, held)).toBe(covers));

  it('takes what it does not know of itself as covered', () => {
    expect(coversProcess(engage('agent', 'a-2', 'staging'), { instanceId: 'i-1' })).toBe(true);
  });
});

it('gives the command nothing that the supervisor proves itself with', () => {
  expect(childEnvironment({ PATH: '/bin', COUNTERSIGN_SUPERVISOR_KEY: 'csk_sup_x', COUNTERSIGN_URL: 'u' }, 'i-1')).toEqual({ PATH: '/bin', COUNTERSIGN_URL: 'u', COUNTERSIGN_INSTANCE_ID: 'i-1' });
});
