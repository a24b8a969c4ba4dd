import { describe, expect, it } from 'vitest';
import { propagation } from './propagation';
import type { OrderDetail } from './view';

const order: OrderDetail['order'] = {
  id: 'o', kind: 'stop', scope: 'agent', target: 'a', environment: null, reason: null, drill: false, issuedAt: '2026-11-20T03:14:31.204Z', engagedBy: { kind: 'person', id: 'p', name: 'Mara' }, generation: 4,
  signed: true, orderJws: null, state: { state: 'engaged' }, matched: null, fencedAt: '2026-11-20T03:14:31.371Z', confirmedAt: null,
};
const target = (sessionId: string, state: OrderDetail['targets'][number]['state'], ms: number) => ({ sessionId, instanceId: 'i', state, evidence: null, at: new Date(Date.parse(order.issuedAt) + ms).toISOString() });
const detail = (targets: OrderDetail['targets'], more: Partial<OrderDetail['order']> = {}): OrderDetail => ({
  order: { ...order, ...more }, targets, counts: { ordered: 0, fenced: 0, acknowledged: 0, exited: 0, lease_lapsed: 0, unreachable: 0 }, outstandingPermits: [], propagation: { fenceMs: null, p50Ms: null, p99Ms: null },
});

describe('how far a stop has come', () => {
  it('counts from the order and puts what cannot be seen first', () => {
    const { rows, headline, fencedMs } = propagation(detail([target('a', 'exited', 934), target('b', 'unreachable', 0), target('c', 'fenced', 167)]));
    expect(rows.map((row) => [row.sessionId, row.now.word, row.now.after])).toEqual([['b', 'unreachable', null], ['c', 'fenced', null], ['a', 'exited', 934]]);
    expect(headline).toBe('1 of 3 sessions confirmed. 1 is unreachable.');
    expect(fencedMs).toBe(167);
  });
  it('never says confirmed while one is not', () => {
    expect(propagation(detail([target('a', 'ordered', 0)], { fencedAt: null })).headline).toBe('0 of 1 session confirmed.');
    expect(propagation(detail([target('a', 'lease_lapsed', 15_000)])).headline).toBe('The session is confirmed stopped.');
  });
  it('never says that all has stopped while a permit can still be used, and says how a class stops', () => {
    const call = { tool: 'send_email', until: '2026-11-20T03:14:46.000Z', sessionId: 'a', actionId: 'x' };
    const out = { ...detail([target('a', 'acknowledged', 400)]), outstandingPermits: [{ ...call, startedAt: null }, { ...call, startedAt: '2026-11-20T03:14:30.000Z' }] };
    expect(propagation(out).headline).toBe('The session is confirmed stopped. 1 permit is not yet stopped.');
    expect(propagation({ ...out, outstandingPermits: [] }).headline).toBe('The session is confirmed stopped.');
    expect(propagation({ ...out, order: { ...out.order, state: { state: 'released', at: '2026-11-20T04:00:00.000Z', epoch: 1 } } }).headline).toMatch(/^Released/);
    expect(propagation(detail([], { scope: 'class', target: 'financial' })).headline).toBe('Every gateway refuses these tools. Sessions go on without them.');
    expect(propagation(detail([], { scope: 'class', target: 'financial', fencedAt: null })).headline).toMatch(/^Ordered\./);
  });
  it('says when nothing ran', () => expect(propagation(detail([])).headline).toMatch(/^Nothing was running/));
});
