import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/protocol/ids';
import { generatePrivateJwk, signingKey, signOrder, type Order } from '@/lib/signing';
import { readPublicJwk } from '@/lib/protocol/ed25519-key';
import { heldBy, isReleased, matchingOrder, mayBeSigned, readableCover, standingOrders, step, type OrderRow, type StandingOrder } from './rules';
import { orderOf } from './sign-switch';
import type { OrderState, RowActor } from './schema';

const control = signingKey(generatePrivateJwk());
const stranger = signingKey(generatePrivateJwk());
const keys = new Map([[control.kid, readPublicJwk(control.publicJwk)!]]);
const now = new Date('2026-11-01T10:00:00.000Z');
const check = { keys, now };

const row = (over: Partial<OrderRow> = {}): OrderRow => ({
  id: newId(), kind: 'stop', scope: 'agent', target: newId(), environment: null, state: 'engaged', generation: 1, reason: null, drill: false, engagedAt: now.toISOString(), orderJws: null, releaseJws: null, ...over,
});
const release = (of: string, over: Partial<Extract<Order, { kind: 'release' }>> = {}, key = control) =>
  signOrder(key, { kind: 'release', id: newId(), scope: 'global', issuedAt: now.toISOString(), epoch: now.getTime(), releases: of, ...over });

describe('what a row holds', () => {
  it('holds without a signature, with a stranger\'s, and with one for another order', () => {
    const unsigned = row();
    expect(heldBy(unsigned, check)).toHaveLength(1);
    expect(heldBy({ ...unsigned, orderJws: signOrder(stranger, orderOf(unsigned)) }, check)).toMatchObject([{ id: unsigned.id, orderJws: null }]);
    expect(heldBy({ ...unsigned, orderJws: signOrder(control, orderOf(row())) }, check)).toMatchObject([{ id: unsigned.id, target: unsigned.target, orderJws: null }]);
    expect(heldBy({ ...unsigned, orderJws: 'no.jws.here' }, check)).toHaveLength(1);
  });

  it('holds both covers where the row was narrowed after it was signed', () => {
    const wide = row({ scope: 'global', target: null });
    const narrowed = { ...wide, orderJws: signOrder(control, orderOf(wide)), scope: 'session' as const, target: newId() };
    expect(heldBy(narrowed, check).map((order) => order.scope).sort()).toEqual(['global', 'session']);
    const asPause = { ...wide, orderJws: signOrder(control, orderOf(wide)), kind: 'pause' as const };
    expect(heldBy(asPause, check).map((order) => order.kind).sort()).toEqual(['pause', 'stop']);
  });

  it('is let go by control\'s release for this very order alone', () => {
    const one = row();
    const orderJws = signOrder(control, orderOf(one));
    expect(heldBy({ ...one, orderJws, releaseJws: release(one.id) }, check)).toEqual([]);
    for (const forged of [release(one.id, {}, stranger), release(newId()), release(one.id, { epoch: now.getTime() + 6 * 60_000 }), orderJws, 'x.y.z']) {
      expect(isReleased({ id: one.id, releaseJws: forged }, check)).toBe(false);
      expect(heldBy({ ...one, orderJws, state: 'released', releaseJws: forged }, check)).toHaveLength(1);
    }
    expect(heldBy({ ...one, state: 'released' }, check)).toHaveLength(1);
  });
});

describe('a row that somebody wrote by hand', () => {
  it('stops everything where nobody can read what it stops, and never less than it says', () => {
    for (const odd of [{ scope: 'everything', target: null }, { scope: 'agent', target: null }, { scope: 'session', target: '' }, { scope: 'global', target: 'x' }]) {
      expect(readableCover({ kind: 'stop', ...odd }), JSON.stringify(odd)).toEqual({ kind: 'stop', scope: 'global', target: null });
    }
    expect(readableCover({ kind: 'halt', scope: 'class', target: 'financial' })).toEqual({ kind: 'stop', scope: 'class', target: 'financial' });
    expect(readableCover({ kind: 'pause', scope: 'agent', target: 'a' })).toEqual({ kind: 'pause', scope: 'agent', target: 'a' });
  });
});

describe('which order matches', () => {
  const subject = { sessionId: 's', instanceId: 'i', agentId: 'a', classes: ['financial'], environment: 'local' };
  const order = (over: Partial<StandingOrder>): StandingOrder => ({ id: newId(), kind: 'stop', scope: 'global', target: null, environment: null, generation: 1, reason: null, drill: false, engagedAt: '', orderJws: null, ...over });
  const match = (...list: StandingOrder[]) => matchingOrder(standingOrders(list), subject);

  it.each([['session', 's'], ['instance', 'i'], ['agent', 'a'], ['class', 'financial'], ['global', null]] as const)('%s', (scope, target) => {
    expect(match(order({ scope, target }))).not.toBeNull();
    if (target !== null) expect(match(order({ scope, target: `${target}x` }))).toBeNull();
    expect(match(order({ scope, target, environment: 'local' }))).not.toBeNull();
    expect(match(order({ scope, target, environment: 'elsewhere' }))).toBeNull();
  });
  it('names a stop before a pause and the wider before the narrower', () => {
    const pause = order({ kind: 'pause' });
    const session = order({ scope: 'session', target: 's' });
    const agent = order({ scope: 'agent', target: 'a' });
    expect(match(pause)).toBe(pause);
    expect(match(pause, session)).toBe(session);
    expect(match(pause, session, agent)).toBe(agent);
  });
  it('is a union: what one of them stops is stopped, and nothing else, whichever there are and whichever is taken away', () => {
    const names = { session: ['s', 's2'], instance: ['i', 'i2'], agent: ['a', 'a2'], class: ['financial', 'destructive'] } as const;
    const cover = fc.oneof(fc.constant({ scope: 'global' as const, target: null }), ...(['session', 'instance', 'agent', 'class'] as const).map((scope) => fc.constantFrom(...names[scope]).map((target) => ({ scope, target }))));
    const orders = fc.array(fc.record({ cover, environment: fc.constantFrom(null, 'local', 'elsewhere'), kind: fc.constantFrom('stop' as const, 'pause' as const) }).map((one) => order({ ...one.cover, environment: one.environment, kind: one.kind })), { maxLength: 8 });
    const subjects = fc.record({ sessionId: fc.constantFrom(...names.session), instanceId: fc.constantFrom(...names.instance), agentId: fc.constantFrom(...names.agent), classes: fc.subarray([...names.class]), environment: fc.constantFrom('local', 'elsewhere') });
    const alone = (one: StandingOrder, of: Parameters<typeof matchingOrder>[1]) => matchingOrder(standingOrders([one]), of);
    let runs = 0;
    fc.assert(fc.property(orders, subjects, fc.nat(7), (list, of, at) => {
      runs++;
      const held = list.filter((one) => alone(one, of) !== null);
      expect(matchingOrder(standingOrders(list), of)?.kind ?? null).toBe(held.some((one) => one.kind === 'stop') ? 'stop' : held.length > 0 ? 'pause' : null);
      // Taking one away lets go of what it alone held.
      const rest = list.filter((_, i) => i !== at);
      expect(matchingOrder(standingOrders(rest), of) !== null).toBe(held.some((one) => rest.includes(one)));
    }), { numRuns: 5_000 });
    console.info(`overlapping stops: ${runs} sets`);
    expect(runs).toBeGreaterThanOrEqual(5_000);
  });
  it('says nothing of what is not known yet', () => {
    expect(matchingOrder(standingOrders([order({ scope: 'session', target: 's' })]), { environment: 'local' })).toBeNull();
    expect(matchingOrder(standingOrders([order({})]), { environment: 'local' })).not.toBeNull();
  });
});

describe('a release', () => {
  const ada: RowActor = { kind: 'person', id: 'ada' };
  const bob: RowActor = { kind: 'person', id: 'bob' };
  const engaged: OrderState = { state: 'engaged' };
  const request = (scope: 'session' | 'global', canRelease: number, at = now) => step(engaged, { type: 'request', by: ada, at, scope, checklist: [], reason: null, canRelease });
  const sign = (state: OrderState, at = now) => step(state, { type: 'sign', at, epoch: 1 });
  const must = (stepped: ReturnType<typeof step>): OrderState => { if (!stepped.ok) throw new Error(stepped.why); return stepped.state; };

  it('of a session takes one person, whoever else there is', () => {
    expect(sign(must(request('session', 1)))).toMatchObject({ ok: true, state: { state: 'released' } });
  });
  it('of everything takes a second, other person', () => {
    const asked = must(request('global', 2));
    expect(sign(asked)).toEqual({ ok: false, why: 'not_yet' });
    expect(sign(asked, new Date(now.getTime() + 86_400_000))).toEqual({ ok: false, why: 'not_yet' });
    expect(step(asked, { type: 'second', by: ada, at: now })).toEqual({ ok: false, why: 'same_person' });
    expect(sign(must(step(asked, { type: 'second', by: bob, at: now })))).toMatchObject({ ok: true });
  });
  it('of everything by one person alone takes ten minutes, and not a moment less', () => {
    const asked = must(request('global', 1));
    if (asked.state !== 'release_requested') throw new Error();
    expect(asked.pending.notBefore).toBe('2026-11-01T10:10:00.000Z');
    expect(mayBeSigned(asked.pending, new Date('2026-11-01T10:09:59.999Z'))).toBe(false);
    expect(sign(asked, new Date('2026-11-01T10:10:00.000Z'))).toMatchObject({ ok: true });
  });
  it('has an order of its own', () => {
    const released = must(sign(must(request('session', 1))));
    expect(sign(engaged)).toEqual({ ok: false, why: 'not_requested' });
    expect(sign(released)).toEqual({ ok: false, why: 'not_engaged' });
    expect(step(must(request('global', 2)), { type: 'request', by: bob, at: now, scope: 'global', checklist: [], reason: null, canRelease: 2 })).toEqual({ ok: false, why: 'already_requested' });
    expect(step(released, { type: 'break_glass', by: ada, at: now, checklist: [], reason: null })).toEqual({ ok: false, why: 'not_engaged' });
    expect(sign(must(step(must(request('global', 2)), { type: 'break_glass', by: { kind: 'host', id: 'root' }, at: now, checklist: [], reason: null })))).toMatchObject({ ok: true });
  });
});
