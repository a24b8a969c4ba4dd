import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, recorded } from '@/lib/access/testing';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql, sqlTransaction } from '@/lib/db';
import { organisationEvent, record, type Assertion } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertPerson } from '@/lib/testing/fleet';
import { beginRelease, controlKeysFrom, engageSwitch, getOrder, releaseSwitch, requestRelease, signAndFence, StandingReader, withdrawRelease, type ControlKeys } from '.';
import { releaseChecklist, type SwitchScope } from './schema';
import { releaserWithPasskey, type Releaser } from './testing';

let database: TestDatabase;
let folder: string;
let files: FileKeys;
let keys: ControlKeys;
let ada: Releaser;
let bob: Releaser;
const host = makeContext({ kind: 'host', user: 'root' });
const control = makeContext({ kind: 'system', process: 'control' });
const troubles: string[] = [];
const round = () => signAndFence(control, new StandingReader(keys, () => performance.now()), keys, files.signingKey('control/order'), (orderId) => troubles.push(orderId));
const stateOf = async (id: string) => (await getOrder(id))!.order.state.state;
const engage = (scope: SwitchScope = 'agent') => engageSwitch(host, scope === 'global' ? { scope } : { scope, target: newId() });
const checklist = [...releaseChecklist];
const rewrite = (id: string, what: string, ...params: unknown[]) => sql.rows(`UPDATE switch_order SET ${what} WHERE id = $1`, [id, ...params]);

/** The console's columns of a request, to be written once more. */
async function keepRequest(id: string, ask: () => Promise<unknown>) {
  await ask();
  const [kept] = await sql.rows<{ at: Date; by: unknown; assertions: unknown }>('SELECT release_requested_at AS at, release_requested_by AS by, release_assertions AS assertions FROM switch_order WHERE id = $1', [id]);
  return () => rewrite(id, 'release_requested_at = $2, release_requested_by = $3, release_assertions = $4', kept!.at, JSON.stringify(kept!.by), JSON.stringify(kept!.assertions));
}

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-release-'));
  files = new FileKeys({ folder: path.join(folder, 'keys'), holds: ['control/order'] });
  files.signingKey('control/order');
  keys = controlKeysFrom(files);
  ada = await releaserWithPasskey(await insertPerson(sql, 'Ada', ['responder']));
  bob = await releaserWithPasskey(await insertPerson(sql, 'Bob', ['admin']));
});
beforeEach(async () => {
  await sql.rows(`DELETE FROM switch_order`);
  await sql.rows(`DELETE FROM right_grant`);
  await sql.rows(`UPDATE person SET state = 'active'`);
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a release takes passkeys', () => {
  it('and without one nothing is asked for, agreed to or recorded', async () => {
    const order = await engage();
    const before = (await recorded('switch.release_requested')).length;
    expect(await codeOf(requestRelease(ada.ctx, { orderId: order.id, checklist }))).toBe('step_up_required');
    expect(await stateOf(order.id)).toBe('engaged');
    expect(await recorded('switch.release_requested')).toHaveLength(before);
    await ada.ask(order.id);
    expect(await codeOf(releaseSwitch(bob.ctx, { orderId: order.id }))).toBe('step_up_required');
    await round();
    expect(await stateOf(order.id)).toBe('release_requested');
    await bob.agree(order.id);
    await round();
    expect(await stateOf(order.id)).toBe('released');
    expect((await recorded('switch.release_requested')).at(-1)!.data).toMatchObject({ orderId: order.id, assertion: { purpose: 'switch.request_release', objectId: order.id, verdict: 'release' } });
    expect((await recorded('switch.release_seconded')).at(-1)!.data).toMatchObject({ orderId: order.id, assertion: { purpose: 'switch.second_release', objectId: order.id } });
  });

  it('of two who agree at once one is the second person, and the other is told', async () => {
    const cleo = await releaserWithPasskey(await insertPerson(sql, 'Cleo', ['responder']));
    const order = await engage();
    await ada.ask(order.id);
    const codes = await Promise.all([codeOf(bob.agree(order.id)), codeOf(cleo.agree(order.id))]);
    expect(codes.sort()).toEqual(['conflict', 'fine']);
  });

  it('refuses a token, and an analyst', async () => {
    const order = await engage();
    const { actor } = ada.ctx;
    if (actor.kind !== 'person') throw new Error();
    expect(await codeOf(beginRelease(makeContext({ ...actor, via: 'token' }), { orderId: order.id, as: 'requested' }))).toBe('forbidden');
    expect(await codeOf(requestRelease(makeContext({ ...actor, roles: ['analyst'] }), { orderId: order.id, checklist }))).toBe('forbidden');
  });

  it('does not take what was agreed to in another request', async () => {
    const order = await engage();
    await ada.ask(order.id);
    await bob.agree(order.id);
    const [{ old }] = await sql.rows<{ old: { seconded: unknown } }>('SELECT release_assertions AS old FROM switch_order WHERE id = $1', [order.id]) as [{ old: { seconded: unknown } }];
    await withdrawRelease(ada.ctx, { orderId: order.id });
    await ada.ask(order.id);
    await rewrite(order.id, `release_assertions = jsonb_set(release_assertions, '{seconded}', $2::jsonb), release_requested_by = jsonb_set(release_requested_by, '{seconded}', $3::jsonb)`, JSON.stringify(old.seconded), JSON.stringify({ by: { kind: 'person', id: (bob.ctx.actor as { id: string }).id }, at: new Date().toISOString() }));
    await round();
    expect(await stateOf(order.id)).toBe('engaged');
    expect((await recorded('switch.forgery_found')).at(-1)!.data).toMatchObject({ orderId: order.id });
  });
});

describe('control believes no row', () => {
  it('that asks without a signature', async () => {
    const order = await engage('session');
    await rewrite(order.id, 'release_requested_at = now(), release_requested_by = $2', JSON.stringify({ by: { kind: 'person', id: (ada.ctx.actor as { id: string }).id }, checklist, reason: null, persons: 1, notBefore: null, seconded: null, breakGlass: false }));
    await round();
    expect(await stateOf(order.id)).toBe('engaged');
    expect((await recorded('switch.forgery_found')).at(-1)!.data).toMatchObject({ orderId: order.id, what: expect.stringContaining('without the signatures') });
  });
  it('with a signature for another order', async () => {
    const [one, other] = [await engage('session'), await engage('session')];
    await ada.ask(one.id);
    await sql.rows('UPDATE switch_order o SET release_requested_at = x.release_requested_at, release_requested_by = x.release_requested_by, release_assertions = x.release_assertions FROM switch_order x WHERE o.id = $1 AND x.id = $2', [other.id, one.id]);
    await round();
    expect([await stateOf(one.id), await stateOf(other.id)]).toEqual(['released', 'engaged']);
  });
  it('in which somebody else stands for who signed', async () => {
    const order = await engage('session');
    await ada.ask(order.id);
    await rewrite(order.id, `release_requested_by = jsonb_set(release_requested_by, '{by,id}', to_jsonb($2::text))`, (bob.ctx.actor as { id: string }).id);
    await round();
    expect(await stateOf(order.id)).toBe('engaged');
  });
  it('that says one person is enough, or that the delay is over', async () => {
    const order = await engage('global');
    await ada.ask(order.id);
    await rewrite(order.id, `release_requested_by = release_requested_by || '{"persons": 1}'`);
    await round();
    expect(await stateOf(order.id)).toBe('release_requested');
    await rewrite(order.id, `release_requested_by = release_requested_by || '{"persons": 2, "notBefore": "2020-01-01T00:00:00Z"}', release_requested_at = now() - interval '1 hour'`);
    await round();
    expect(await stateOf(order.id)).toBe('release_requested');
  });
  it('lets one alone release after ten minutes, where there is no second person', async () => {
    await sql.rows(`UPDATE person SET state = 'deactivated' WHERE name <> 'Ada'`);
    const order = await engage('global');
    await ada.ask(order.id);
    await rewrite(order.id, `release_requested_by = release_requested_by || '{"notBefore": "2020-01-01T00:00:00Z"}'`);
    await round();
    expect(await stateOf(order.id)).toBe('release_requested');
    // The request's own age is the console's word; control counts from when it saw the request itself.
    await rewrite(order.id, `release_requested_at = release_requested_at - interval '10 minutes'`);
    await round();
    expect(await stateOf(order.id)).toBe('release_requested');
    await rewrite(order.id, `release_seen = jsonb_set(release_seen, '{at}', to_jsonb(now() - interval '10 minutes'))`);
    await round();
    expect(await stateOf(order.id)).toBe('released');
  });
  it('that puts back a request which was withdrawn, also where the log is made to say it again', async () => {
    const order = await engage('session');
    const putBack = await keepRequest(order.id, () => ada.ask(order.id));
    await withdrawRelease(bob.ctx, { orderId: order.id });
    await putBack();
    await round();
    expect(await stateOf(order.id)).toBe('engaged');
    expect((await recorded('switch.forgery_found')).at(-1)!.data).toMatchObject({ orderId: order.id, what: expect.stringContaining('withdrawn before') });
    const first = (await recorded('switch.release_requested')).at(-1)!.data as { assertion: Assertion };
    await sqlTransaction((tx) => record(tx, control, [organisationEvent('switch.release_requested', { orderId: order.id, checklist, notBefore: null, assertion: first.assertion })]));
    await putBack();
    await round();
    expect(await stateOf(order.id)).toBe('engaged');
    await ada.ask(order.id);
    await round();
    expect(await stateOf(order.id)).toBe('released');
  });
  it('that asks in the name of nobody, and signs the others all the same', async () => {
    const [nameless, broken, good] = [await engage('session'), await engage('session'), await engage('session')];
    for (const order of [nameless, broken, good]) await ada.ask(order.id);
    await rewrite(nameless.id, `release_requested_by = jsonb_set(release_requested_by, '{by,id}', '"nobody"')`);
    await sql.rows(`CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF NEW.id = '${broken.id}' AND NEW.state = 'released' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $f$`);
    await sql.rows('CREATE TRIGGER refuse_one BEFORE UPDATE ON switch_order FOR EACH ROW EXECUTE FUNCTION refuse_one()');
    try {
      await round();
      expect([await stateOf(nameless.id), await stateOf(broken.id), await stateOf(good.id)]).toEqual(['engaged', 'release_requested', 'released']);
      expect(troubles).toEqual([broken.id]);
    } finally {
      await sql.rows('DROP FUNCTION refuse_one CASCADE');
    }
    await round();
    expect(await stateOf(broken.id)).toBe('released');
  });
});

describe('a right gained after the stop', () => {
  const grant = (who: Releaser, at: string) => sql.rows(`INSERT INTO right_grant (person_id, kind, name, granted_at) SELECT $1, 'role', r, clock_timestamp() + $2::interval FROM unnest(ARRAY['viewer', 'analyst', 'responder', 'author', 'reviewer', 'admin']) r`, [(who.ctx.actor as { id: string }).id, at]);
  it('does not count for its release: neither for asking nor, in control, for agreeing', async () => {
    const order = await engage();
    const { actor } = bob.ctx;
    if (actor.kind !== 'person') throw new Error();
    const since = new Date();
    const fresh = makeContext({ ...actor, recent: (['viewer', 'analyst', 'responder', 'author', 'reviewer', 'admin'] as const).map((name) => ({ kind: 'role' as const, name, since, until: new Date(since.getTime() + 86_400_000) })) });
    expect(await codeOf(requestRelease(fresh, { orderId: order.id, checklist }))).toBe('forbidden');
    await ada.ask(order.id);
    await bob.agree(order.id);
    await grant(bob, '0 s');
    await round();
    expect(await stateOf(order.id)).toBe('engaged');
  });
  it('counts when it was there before, and makes nobody a second person when it was not', async () => {
    await sql.rows(`UPDATE person SET state = 'deactivated' WHERE name = 'Cleo'`);
    await grant(bob, '-1 s');
    const order = await engage();
    expect((await ada.ask(order.id)).state).toMatchObject({ pending: { notBefore: null } });
    await withdrawRelease(bob.ctx, { orderId: order.id });
    await sql.rows('DELETE FROM right_grant');
    await grant(bob, '0 s');
    expect((await ada.ask(order.id)).state).toMatchObject({ pending: { notBefore: expect.any(String) } });
  });
});
