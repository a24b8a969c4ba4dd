import { describe, expect, it } from 'vitest';
import { propagation } from './propagation';
import type { OrderDetail } from './view';

const order: OrderDetail['order'] = {
  id: 'o', kind: 'stop', scope: 'agent', target: 'a', environment: null, reason: null, drill: false, issuedAt: '2026-11-20T03:14:31.204Z', engagedBy: { kind: 'person', id: 'p', name: 'Mara' }, generation: 4,
  signed: true, orderJws: null, state: { state: 'engaged' }, matched: null, fencedAt: '2026-11-20T03:14:31.371Z', confirmedAt: null, unconfirmedAt: null,
};
type Target = OrderDetail['targets'][number];
const at = (ms: number) => new Date(Date.parse(order.issuedAt) + ms).toISOString();
const proven = new Set<Target['state']>(['acknowledged', 'exited', 'lease_lapsed']);
const target = (sessionId: string, state: Target['state'], ms: number, more: Partial<Target> = {}): Target => ({
  sessionId, instanceId: 'i', state, evidence: null, at: at(ms), confirmedAt: proven.has(state) ? at(ms) : null, supervised: false, exitEvidence: null,
  times: { ordered: at(0), fenced: null, acknowledged: state === 'acknowledged' ? at(ms) : null, exited: state === 'exited' ? at(ms) : null, leaseLapsed: state === 'lease_lapsed' ? at(ms) : null, unreachable: state === 'unreachable' ? at(ms) : null }, ...more,
});
const detail = (targets: OrderDetail['targets'], more: Partial<OrderDetail['order']> = {}): OrderDetail => ({
  order: { ...order, ...more }, targets, counts: { ordered: 0, fenced: 0, acknowledged: 0, exited: 0, lease_lapsed: 0, unreachable: 0 }, outstandingPermits: [], hold: null, propagation: { fenceMs: null, p50Ms: null, p99Ms: null },
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
  it('counts what is fenced as paused, for a pause asks nothing of the client', () => {
    const { headline, rows } = propagation(detail([target('a', 'fenced', 167), target('b', 'fenced', 167)], { kind: 'pause' }));
    expect(headline).toBe('All 2 sessions are confirmed paused.');
    expect(rows[0]!.now).toMatchObject({ word: 'paused', kind: 'done' });
  });
  it('says when nothing ran', () => expect(propagation(detail([])).headline).toMatch(/^Nothing was running/));
  it("takes the agent's word for nothing where a supervisor holds its process, and says what is missing", () => {
    const seen = propagation(detail([target('a', 'acknowledged', 80, { supervised: true, confirmedAt: null }), target('b', 'exited', 120, { exitEvidence: 'pidns-empty' }), target('c', 'exited', 130, { exitEvidence: 'group-exited', confirmedAt: null })]));
    expect(seen.confirmed).toBe(1);
    expect(seen.exited).toBe(2);
    expect(seen.rows.map((row) => [row.sessionId, row.now.kind, row.now.note])).toEqual([
      ['a', 'waiting', 'its own word; its supervisor has not seen it end'], ['c', 'waiting', 'its process group ended; what had left the group nobody saw'], ['b', 'done', 'no process is left in its namespace'],
    ]);
  });
  it('says that it may still be running once the time is over', () => {
    const late = { unconfirmedAt: at(30_000) };
    expect(propagation(detail([target('a', 'unreachable', 30_000)], late))).toMatchObject({ late: true, lede: expect.stringMatching(/may still be running: end it where it runs\.$/), headline: '0 of 1 session confirmed, and the time for it is over. 1 is unreachable.' });
    expect(propagation(detail([target('a', 'unreachable', 30_000)], { ...late, state: { state: 'released', at: at(50_000), epoch: 2 } }))).toMatchObject({ late: false });
    expect(propagation(detail([target('a', 'exited', 90)], { ...late, confirmedAt: at(40_000) }))).toMatchObject({ late: false, headline: 'The session is confirmed stopped.', lede: expect.not.stringMatching(/may still be running/) });
  });
});
