import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { newId } from '@/lib/protocol/ids';
import { Budgets } from './budgets';
import { giveBackDenied } from './give-back-denied';
import { makeLiveSession } from './live-session';

it('takes what a denied question would have cost out of its session, once, and nothing of what else was called', () => {
  const agentId = newId();
  const session = makeLiveSession(
    { id: newId(), agentId, instanceId: newId(), generation: 1, state: 'open', enforcement: 'enforced', purpose: 'p', canary: 'c', delimiter: 'd', untrustedSeen: false, principal: null, openedAt: new Date() },
    { id: agentId, name: 'a', active: true, enforced: true, simulated: false, ownerId: null, tokensFrom: null, capabilities: [] }, [], randomBytes(32), true,
  );
  session.costE4 = 13_000;
  // Looked at by two limits and by the agent's day; it costs what it costs.
  const reservations = [{ key: `session:${session.row.id}`, window: 'all', calls: 1, costE4: 0 }, { key: `session:${session.row.id}`, window: '2026-03-01', calls: 0, costE4: 9_000 }, { key: `agent:${agentId}`, window: '2026-03-01', calls: 0, costE4: 9_000 }];
  giveBackDenied({ budgets: new Budgets() }, session, { actionId: newId(), reservations });
  expect(session.costE4).toBe(4_000);
  giveBackDenied({ budgets: new Budgets() }, session, { actionId: newId(), reservations: [] });
  expect(session.costE4).toBe(4_000);
});
