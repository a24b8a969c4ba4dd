import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { startControl, type Control } from '@/lib/control';
import { closePools, pool } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { FileKeys, generatePrivateJwk, signingKey, signOrder, type Signer } from '@/lib/signing';
import { controlKeysFrom, createControlKey, GATEWAY_NAMESPACE, introduce, SwitchView, type SwitchChange } from '@/lib/switches';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { createDatabaseLink, type DatabaseLink } from '@/lib/testing/database-link';
import { keepControlLines } from './control-lines';

const logger = pino({ level: 'silent' });
const host = makeContext({ kind: 'host', user: 'root' });

let database: TestDatabase;
let link: DatabaseLink;
let gatewayLink: DatabaseLink;
let dataDir: string;
let control: Control;
let controlKey: string;
let ends: (() => Promise<unknown>)[] = [];
const owner = { rows: async <R extends object>(text: string, params: readonly unknown[] = []) => (await pool(database.url).query(text, params as unknown[])).rows as R[] };

beforeEach(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  dataDir = mkdtempSync(path.join(tmpdir(), 'cs-'));
  process.env.DATA_DIR = dataDir;
  controlKey = (await createControlKey(host, { name: 'pager', scopes: ['session', 'agent', 'global'] })).key;
  await closePools();
  link = await createDatabaseLink(database.urlAs('control'));
  gatewayLink = await createDatabaseLink(database.urlAs('gateway'));
  process.env.DATABASE_URL = link.url;
  control = await startControlProcess();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  await closePools();
  await link.stop();
  await gatewayLink.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function startControlProcess(port = 0): Promise<Control> {
  const made = await startControl({ dataDir, host: '127.0.0.1', port, databaseUrl: link.url, logger });
  ends.push(() => made.stop().catch(() => {}));
  return made;
}

type Gateway = { view: SwitchView; changes: SwitchChange[]; lines: ReturnType<typeof keepControlLines> };

/** A gateway as far as switches go: its view over a wire of its own, and its line to control. */
async function gateway(key: Signer = gatewayKeys().signer('permit'), url = gatewayLink.url): Promise<Gateway> {
  const view = new SwitchView({ url, keys: controlKeysFrom(new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] })) });
  const changes: SwitchChange[] = [];
  view.onChange((change) => changes.push(change));
  await view.start();
  const lines = keepControlLines({ urls: [`http://127.0.0.1:${control.port}`], switches: view, key: () => key, logger });
  ends.push(async () => { lines.close(); await view.stop(); });
  return { view, changes, lines };
}
const gatewayKeys = () => new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['permit'] });
const listening = (many: number) => until(() => control.gateways() === many);

async function engage(body: object): Promise<{ id: string; durability: string }> {
  const answer = await fetch(`http://127.0.0.1:${control.port}/v1/switches/engage`, { method: 'POST', headers: { authorization: `Bearer ${controlKey}` }, body: JSON.stringify(body) });
  expect(answer.status).toBe(202);
  const { order, durability } = (await answer.json()) as { order: { id: string }; durability: string };
  return { id: order.id, durability };
}
async function until(what: () => boolean | Promise<boolean>, withinMs = 40_000): Promise<void> {
  const from = performance.now();
  while (!(await what())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const fencedBy = async (orderId: string) => (await owner.rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'switch.fenced'`)).map(({ body }) => (JSON.parse(body) as { data: { orderId: string; gateways: { id: string; evidence: string }[] } }).data).find((data) => data.orderId === orderId)?.gateways;

describe('a gateway\'s line to control', () => {
  it('brings a stop while the database is away from both, which is held, told to agents, and taken up as the same order afterwards', async () => {
    const { view, changes } = await gateway();
    await listening(1);
    link.cut();
    gatewayLink.cut();
    const order = await engage({ scope: 'global' });
    expect(order.durability).toBe('journal');
    await until(() => view.match({ environment: 'local' })?.id === order.id);
    // Signed: this is what makes the gateway send `halt`.
    expect(changes.at(-1)).toMatchObject({ signed: [{ id: order.id, kind: 'stop', scope: 'global' }] });
    await gatewayLink.restore();
    await link.restore();
    await until(async () => (await owner.rows('SELECT 1 FROM switch_order WHERE id = $1 AND order_jws IS NOT NULL', [order.id])).length === 1);
    await until(() => view.fresh && view.generation > 0);
    expect(view.orders.list.filter((one) => one.id === order.id)).toHaveLength(1);
    // Told once: reading the same order in the database is no news.
    expect(changes.flatMap((change) => change.signed)).toHaveLength(1);
    await until(async () => (await fencedBy(order.id)) !== undefined);
  });

  it('counts for the fence only once what was being decided without the order is over', async () => {
    const { view } = await gateway();
    await listening(1);
    const deciding = view.begin();
    // From here on the gateway reads nothing in the database, long before it would be given up on.
    gatewayLink.cut();
    const order = await engage({ scope: 'global' });
    await until(() => view.match({ environment: 'local' })?.id === order.id);
    expect(deciding.stillCurrent()).toBe(false);
    expect(view.begin().orders.list).toHaveLength(1);
    // Another gateway comes as far, which makes control look; the first one's silence is what it waits for.
    const other = await gateway(undefined, database.urlAs('gateway'));
    await until(async () => (await owner.rows('SELECT 1 FROM gateway g, switch_generation s WHERE g.id = $1 AND g.acked_generation = s.generation', [other.view.gatewayId])).length === 1);
    const endedAt = Date.now();
    deciding.end();
    await until(async () => (await fencedBy(order.id)) !== undefined);
    expect((await owner.rows<{ at: Date }>('SELECT fenced_at AS at FROM switch_order'))[0]!.at.getTime()).toBeGreaterThanOrEqual(endedAt);
    expect((await fencedBy(order.id))!.find(({ id }) => id === view.gatewayId)).toEqual({ id: view.gatewayId, evidence: 'holds the order, by its own line to control' });
  });

  it('brings a stop before a busy database has it, and what agents answer to it waits for its row', async () => {
    const { view } = await gateway();
    await listening(1);
    // Somebody holds the switches' turn, so that no stop can be entered.
    const busy = await pool(database.url).connect();
    await busy.query('BEGIN');
    await busy.query('SELECT 1 FROM switch_generation WHERE id = 1 FOR UPDATE');
    try {
      const pressed = engage({ scope: 'global' });
      await until(() => view.match({ environment: 'local' }) !== null);
      const { id } = view.match({ environment: 'local' })!;
      expect(await owner.rows('SELECT 1 FROM switch_order')).toHaveLength(0);
      let onRecord = false;
      const waiting = view.onRecord(id, 30_000).then(() => { onRecord = true; });
      await view.refresh();
      expect(onRecord).toBe(false);
      await busy.query('COMMIT');
      expect(await pressed).toEqual({ id, durability: 'database' });
      await waiting;
      expect(await owner.rows('SELECT id, order_jws IS NOT NULL AS signed FROM switch_order')).toEqual([{ id, signed: true }]);
      expect(view.orders.list.filter((one) => one.id === id)).toHaveLength(1);
      // The journal has done its part.
      expect(control.health()).toMatchObject({ status: 'ok', journal: 0 });
      await until(async () => (await fencedBy(id)) !== undefined);
    } finally {
      busy.release();
    }
  });

  it('answers with the order that stands, however often and by however many at once the same is pressed', async () => {
    await gateway();
    await listening(1);
    const pressed = await Promise.all(Array.from({ length: 8 }, () => engage({ scope: 'global' })));
    const again = await engage({ scope: 'global' });
    expect(new Set([...pressed, again].map(({ id }) => id)).size).toBe(1);
    expect(await owner.rows('SELECT 1 FROM switch_order')).toHaveLength(1);
  });

  it('hands over what was told when control dies before the database has answered', async () => {
    const { view } = await gateway();
    await listening(1);
    const busy = await pool(database.url).connect();
    await busy.query('BEGIN');
    await busy.query('SELECT 1 FROM switch_generation WHERE id = 1 FOR UPDATE');
    const pressed = engage({ scope: 'global' }).catch(() => undefined);
    await until(() => view.match({ environment: 'local' }) !== null);
    const { id } = view.match({ environment: 'local' })!;
    // Its connections go as they do when it is killed.
    link.cut();
    await busy.query('COMMIT');
    busy.release();
    await control.stop().catch(() => {});
    await pressed;
    await link.restore();
    control = await startControlProcess();
    await until(async () => (await owner.rows('SELECT 1 FROM switch_order WHERE id = $1 AND order_jws IS NOT NULL', [id])).length === 1);
    expect(await owner.rows('SELECT 1 FROM switch_order')).toHaveLength(1);
    await until(() => control.health().journal === 0);
  });

  it('tells a gateway that connects what was stopped while it could not be reached', async () => {
    const { view } = await gateway();
    await listening(1);
    const { port } = control;
    await control.stop();
    link.cut();
    gatewayLink.cut();
    control = await startControlProcess(port);
    const order = await engage({ scope: 'global' });
    expect(order.durability).toBe('journal');
    await until(() => view.match({ environment: 'local' })?.id === order.id);
  });

  it('is refused to whoever has not the gateways\' key, and to a proof that was made for another connection', async () => {
    const stranger = await gateway(signingKey(generatePrivateJwk()));
    const stolen = await introduce(gatewayKeys().signer('permit'), newId(), 'a nonce of another connection');
    const thief = io(`http://127.0.0.1:${control.port}${GATEWAY_NAMESPACE}`, { transports: ['websocket'], forceNew: true, reconnection: false });
    ends.push(async () => { thief.disconnect(); });
    const heard: unknown[] = [];
    thief.on('order', (body) => heard.push(body));
    const refused = new Promise<string>((resolve) => thief.once('disconnect', resolve));
    thief.on('challenge', (_body: unknown, acknowledge: (answer: object) => void) => acknowledge(stolen));
    expect(await refused).toBe('io server disconnect');
    link.cut();
    gatewayLink.cut();
    await engage({ scope: 'global' });
    expect(control.gateways()).toBe(0);
    expect(heard).toEqual([]);
    expect(stranger.changes).toEqual([]);
  });

  it('carries nothing that control did not sign', async () => {
    const { view } = await gateway();
    const forged = await signOrder(signingKey(generatePrivateJwk()), { kind: 'engage', id: newId(), scope: 'global', issuedAt: new Date().toISOString() });
    const byGateway = await signOrder(gatewayKeys().signer('permit'), { kind: 'engage', id: newId(), scope: 'global', issuedAt: new Date().toISOString() });
    const release = await signOrder(new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['control/order'] }).signer('control/order'), { kind: 'release', id: newId(), scope: 'global', releases: newId(), issuedAt: new Date().toISOString(), epoch: Date.now() });
    for (const text of [forged, byGateway, release, 'x.y.z', '']) await expect(view.hold(text)).rejects.toThrow('did not sign');
    expect(view.orders.list).toEqual([]);
  });

  it('keeps what was told until the database shows its release, and says a pause that was lifted before it was read', async () => {
    const { view, changes } = await gateway();
    const signer = new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['control/order'] }).signer('control/order');
    const id = newId();
    const issuedAt = new Date().toISOString();
    const orderJws = await signOrder(signer, { kind: 'pause', id, scope: 'global', issuedAt });
    await view.hold(orderJws);
    await view.refresh();
    expect(view.match({ environment: 'local' })).toMatchObject({ id, kind: 'pause' });
    const releaseJws = await signOrder(signer, { kind: 'resume', id: newId(), scope: 'global', releases: id, issuedAt, epoch: Date.now() });
    await owner.rows(
      `INSERT INTO switch_order (id, kind, scope, state, engaged_by, engaged_at, generation, order_jws, release_jws, released_at, epoch) VALUES ($1, 'pause', 'global', 'released', '{"kind":"system","id":"control"}', $2, 1, $3, $4, clock_timestamp(), 1)`, [id, issuedAt, orderJws, releaseJws],
    );
    await view.refresh();
    expect(view.match({ environment: 'local' })).toBeNull();
    expect(changes.at(-1)).toMatchObject({ lifted: [{ order: { id, kind: 'pause' }, releaseJws }] });
    // What comes late by the line is not held again.
    await view.hold(orderJws);
    expect(view.match({ environment: 'local' })).toBeNull();
  });
});
