import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeContext } from '@/lib/context';
import { sql, sqlTransaction } from '@/lib/db';
import { Checkpoints, exportLog } from '@/lib/log';
import { verifyExport } from '@/lib/log/verify-export';
import { renewBundle } from '@/lib/policies';
import { readPayloads, sessionDataKey } from '@/lib/payloads';
import { newId } from '@/lib/protocol/ids';
import { FileKeys, keyNames, secretNames, signJws, takeKeyUses } from '@/lib/signing';
import { controlKeysFrom, createControlKey, engageSwitch, listStandingOrders, ordersSignedBy, resignOrders, signAndFence, StandingReader } from '@/lib/switches';
import { breakGlassRelease } from '@/lib/switches';
import { ask, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';
import { activeBundleSignedBy, listKeys, newestCheckpointSignedBy, retireKey, rewrapKeys, rotateKey, settleKeys, wrappedSessions, type Holding } from '.';
import { noteUses } from './note-uses';

let gateway: TestGateway;
let agent: TestAgent;
let keys: FileKeys;
const system = makeContext({ kind: 'system', process: 'worker' });

beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.agent('rotating', [{ toolset: 'ticket_system', operations: ['*'], scope: '**' }]);
  keys = new FileKeys({ folder: path.join(gateway.dataDir, 'keys'), holds: keyNames, secrets: secretNames });
}, 120_000);
afterAll(() => gateway.stop());

const holding = (more: Partial<Holding> = {}): Holding => ({ process: 'gateway', names: ['agent-token', 'permit', 'bundle', 'checkpoint', 'control/order', 'payload-wrapping', 'auth'], keys, lives: { tokenMs: 300_000, leaseMs: 15_000 }, ...more });
const eventsOf = (type: string, name: string) => sql.rows<{ data: Record<string, unknown>; actor: { kind: string } }>(
  `SELECT body::jsonb -> 'data' AS data, body::jsonb -> 'actor' AS actor FROM log.event WHERE stream = 'org/system' AND type = $1 AND body::jsonb -> 'data' ->> 'name' = $2 ORDER BY seq`, [type, name]);
const jwksKids = async () => ((await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid).toSorted();

describe('rotating a key', () => {
  it('is for administrators and the host, and takes an overlap that nothing honest outlives', async () => {
    await expect(rotateKey(await gateway.person('responder'), { name: 'permit' }, holding())).rejects.toMatchObject({ code: 'forbidden' });
    await expect(rotateKey(gateway.host, { name: 'permit', overlapMs: 14_999 }, holding())).rejects.toMatchObject({ code: 'invalid' });
    await expect(rotateKey(gateway.host, { name: 'agent-token', overlapMs: 299_999 }, holding())).rejects.toMatchObject({ code: 'invalid' });
    await expect(rotateKey(gateway.host, { name: 'bundle' }, holding({ names: ['permit'] }))).rejects.toMatchObject({ code: 'not_found' });
    await expect(rotateKey(gateway.host, { name: 'root' }, holding())).rejects.toMatchObject({ code: 'invalid' });
    expect((await keys.list('permit')).length).toBe(1);
  });

  it('serves both keys during the overlap and one afterwards; a token of the old one holds for as long, and no longer', async () => {
    const before = await gateway.token(agent);
    const all = await jwksKids();
    const made = await Promise.allSettled([1, 2].map(() => rotateKey(gateway.host, { name: 'agent-token' }, holding())));
    // Of two at once, one wins and the other is told why it did not.
    const [won] = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(made.filter((one) => one.status === 'rejected').map((one) => (one as PromiseRejectedResult).reason.code)).toEqual(['conflict']);
    expect(await eventsOf('key.rotated', 'agent-token')).toMatchObject([{ data: { kid: won!.kid, previousKid: won!.previousKid, overlapUntil: won!.overlapUntil }, actor: { kind: 'host' } }]);

    await expect.poll(jwksKids, { timeout: 30_000 }).toEqual([...all, won!.kid].toSorted());
    (await gateway.connect(before)).disconnect();
    // What the new key signs is known before it signs anything.
    const live = new FileKeys({ folder: path.join(gateway.dataDir, 'keys'), holds: ['agent-token'] });
    expect((await live.list('agent-token'))[0]).toMatchObject({ kid: won!.kid, state: 'waits' });

    await expect(retireKey(gateway.host, { name: 'agent-token' }, holding())).rejects.toMatchObject({ code: 'conflict' });
    await retireKey(gateway.host, { name: 'agent-token', now: true }, holding());
    await expect.poll(jwksKids, { timeout: 30_000 }).toEqual([won!.kid, all.find((kid) => kid !== won!.previousKid)!].toSorted());
    await expect(gateway.connect(before)).rejects.toThrow(/does not hold/);
    (await gateway.connect(await gateway.token(agent))).disconnect();
    expect(await eventsOf('key.retired', 'agent-token')).toMatchObject([{ data: { kid: won!.previousKid } }]);
    await expect(retireKey(gateway.host, { name: 'agent-token', now: true }, holding())).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is recorded by the keeper where the process died before it could, and so is an end', async () => {
    const { kid, previousKid } = await keys.rotate('auth', { signsFrom: new Date(), overlapUntil: new Date(Date.now() + 60_000) });
    await Promise.all([settleKeys(system, holding({ names: ['auth'] })), settleKeys(system, holding({ names: ['auth'] }))]);
    expect(await eventsOf('key.rotated', 'auth')).toMatchObject([{ data: { kid, previousKid }, actor: { kind: 'system' } }]);
    await keys.retire('auth');
    await settleKeys(system, holding({ names: ['auth'] }));
    await settleKeys(system, holding({ names: ['auth'] }));
    expect(await eventsOf('key.retired', 'auth')).toMatchObject([{ data: { kid: previousKid }, actor: { kind: 'system' } }]);
  });

  it('ends the old key by itself once the overlap is over', async () => {
    const { previousKid } = await rotateKey(gateway.host, { name: 'auth', overlapMs: 0 }, holding());
    await settleKeys(system, holding({ names: ['auth'] }));
    expect((await keys.list('auth')).map(({ kid }) => kid)).not.toContain(previousKid);
    expect((await eventsOf('key.retired', 'auth')).at(-1)).toMatchObject({ data: { kid: previousKid } });
    expect(existsSync(path.join(gateway.dataDir, 'keys', 'auth.previous.secret'))).toBe(false);
  });

  it.each(['payload-wrapping', 'auth'] as const)('never ends a key that was put aside while it looked: %s', async (name) => {
    const looking = vi.spyOn(keys, 'list');
    let made: { previousKid: string } | undefined;
    looking.mockImplementationOnce(async (one) => {
      const before = await keys.list(one);
      made = await rotateKey(gateway.host, { name }, holding());
      return before;
    });
    await settleKeys(system, holding({ names: [name] }));
    looking.mockRestore();
    expect((await keys.list(name)).map(({ kid }) => kid)).toEqual([expect.any(String), made!.previousKid]);
    await retireKey(gateway.host, { name, now: true }, holding());
  });
});

describe('what an old key signed', () => {
  it('is a bundle: the same policies are published again under the new key, and the old one can end', async () => {
    const [before] = await sql.rows<{ sequence: number; body: string }>('SELECT sequence, body FROM bundle ORDER BY sequence DESC LIMIT 1');
    const needs = { bundle: async (kid: string) => ((await activeBundleSignedBy(kid)) ? 'the policies in force are signed with it.' : undefined) };
    const { previousKid } = await rotateKey(gateway.host, { name: 'bundle' }, holding({ needs }));
    await expect(retireKey(gateway.host, { name: 'bundle', now: true }, holding({ needs }))).rejects.toThrow(/policies in force/);
    // A process that died right after the rotation: its keeper goes on.
    const renew = { bundle: async (by: typeof system, kid: string) => { await renewBundle(by, kid, keys); } };
    const whole = holding({ names: ['bundle'], needs, renew });
    await settleKeys(gateway.host, whole);
    await settleKeys(gateway.host, whole);
    const rows = await sql.rows<{ sequence: number; body: string }>('SELECT sequence, body FROM bundle ORDER BY sequence DESC LIMIT 2');
    expect(rows.map(({ sequence }) => sequence)).toEqual([before!.sequence + 1, before!.sequence]);
    expect({ ...JSON.parse(rows[0]!.body), sequence: 0 }).toEqual({ ...JSON.parse(before!.body), sequence: 0 });
    expect(await retireKey(gateway.host, { name: 'bundle', now: true }, holding({ needs }))).toMatchObject({ kid: previousKid });
    await gateway.restart();
    expect((await fetch(`${gateway.url}/api/ready`)).status).toBe(200);
  });

  it('is the record: an export over a rotation verifies with the new key alone, and with neither when its past was changed', async () => {
    const checkpoints = new Checkpoints(keys, () => {});
    await checkpoints.sign(system);
    const old = new Map(keys.verificationKeys('checkpoint'));
    const { previousKid } = await rotateKey(gateway.host, { name: 'checkpoint' }, holding({ renew: { checkpoint: async (by) => { await checkpoints.sign(by); } } }));
    expect(await newestCheckpointSignedBy(previousKid)).toBe(false);
    await retireKey(gateway.host, { name: 'checkpoint', now: true }, holding());
    const lines: Buffer[] = [];
    await exportLog(gateway.host, { checkpoints, keys, source: 'test' }, {}, async (chunk) => { lines.push(Buffer.from(chunk)); });
    const check = (bytes: Buffer, by: FileKeys | typeof old) => verifyExport((async function* () { yield bytes; })(), { keys: by instanceof FileKeys ? by.verificationKeys('checkpoint') : by });
    const file = Buffer.concat(lines);
    expect(await check(file, keys)).toMatchObject({ status: 'verified' });
    expect(await check(file, old)).toMatchObject({ status: 'untrusted_key' });
    expect(keys.retiredKeys('checkpoint').map(({ kid }) => kid)).toEqual([previousKid]);
    const changed = Buffer.from(file.toString().replace('"name":"rotating"', '"name":"rotatinG"'));
    expect(changed.equals(file)).toBe(false);
    expect(await check(changed, keys)).toMatchObject({ status: 'failed' });
  });

  it('are texts: they open under the old secret, are wrapped anew in portions, and only then may it end', async () => {
    const socket = await gateway.connect(await gateway.token(agent));
    const opened = await ask(socket, 'session.open', { purpose: 'texts' });
    const sessionId = opened.session.id;
    const dataKey = await sessionDataKey(sql, sessionId, keys.wrapper('payload-wrapping'));
    const needs = { 'payload-wrapping': wrappedSessions };
    // More than one portion, among them one that nothing opens.
    for (let i = 0; i < 205; i++) {
      const id = newId();
      const wrapped = await keys.wrapper('payload-wrapping').wrap(Buffer.alloc(32, i), id);
      await sqlTransaction(async (tx) => {
        await tx.rows(`INSERT INTO session (id, agent_id, instance_id, purpose, canary, delimiter) SELECT $1, agent_id, instance_id, 'p', 'c', 'd' FROM session WHERE id = $2`, [id, sessionId]);
        await tx.rows('INSERT INTO session_key (session_id, wrapped, wrapping_key_id) VALUES ($1, $2, $3)', [id, i === 0 ? Buffer.from('damaged') : wrapped.bytes, i === 0 ? 'gone' : wrapped.keyId]);
      });
    }
    const { previousKid, kid } = await rotateKey(gateway.host, { name: 'payload-wrapping' }, holding({ needs }));
    await expect(retireKey(gateway.host, { name: 'payload-wrapping', now: true }, holding({ needs }))).rejects.toThrow(/205 sessions open with it alone/);
    expect(await sessionDataKey(sql, sessionId, keys.wrapper('payload-wrapping'))).toEqual(dataKey);
    await expect(rewrapKeys(await gateway.person('author'), { name: 'payload-wrapping' }, holding())).rejects.toMatchObject({ code: 'forbidden' });
    expect(await rewrapKeys(gateway.host, { name: 'payload-wrapping' }, holding())).toMatchObject({ rewrapped: 205, unopened: 1 });
    expect(await rewrapKeys(gateway.host, { name: 'payload-wrapping' }, holding())).toMatchObject({ rewrapped: 0, unopened: 1 });
    expect(await retireKey(gateway.host, { name: 'payload-wrapping', now: true }, holding({ needs }))).toMatchObject({ kid: previousKid });
    expect(await sessionDataKey(sql, sessionId, keys.wrapper('payload-wrapping'))).toEqual(dataKey);
    const later = await ask(socket, 'session.open', { purpose: 'later' });
    const [row] = await sql.rows<{ id: string }>('SELECT wrapping_key_id AS id FROM session_key WHERE session_id = $1', [later.session.id]);
    expect(row!.id).toBe(kid);
    expect((await readPayloads(sessionId, [newId()])).size).toBe(0);
  });

  it('are texts of sessions that open while the key is being ended: each opens with a key that lives on', async () => {
    const socket = await gateway.connect(await gateway.token(agent));
    const opened: string[] = [];
    for (let round = 0; round < 5; round++) {
      const needs = { 'payload-wrapping': wrappedSessions };
      await rotateKey(gateway.host, { name: 'payload-wrapping' }, holding({ needs }));
      const ending = (async () => {
        for (;;) {
          await rewrapKeys(gateway.host, { name: 'payload-wrapping' }, holding());
          const ended = await retireKey(gateway.host, { name: 'payload-wrapping', now: true }, holding({ needs })).catch((error: Error) => error);
          if (!(ended instanceof Error)) return;
          expect(ended.message).toContain('open with it alone');
        }
      })();
      const made = await Promise.all(Array.from({ length: 20 }, () => ask(socket, 'session.open', { purpose: 'meanwhile' })));
      opened.push(...made.map(({ session }) => session.id as string));
      await ending;
    }
    for (const id of opened) expect(await sessionDataKey(sql, id, keys.wrapper('payload-wrapping'))).toHaveLength(32);
  });

  it('are stops: they stand and stay released through a rotation of the control key, signed anew before the old one ends', async () => {
    const controlKeys = controlKeysFrom(new FileKeys({ folder: path.join(gateway.dataDir, 'keys'), holds: [] }));
    const host = gateway.host;
    const control = makeContext({ kind: 'system', process: 'control' });
    const round = () => signAndFence(control, new StandingReader(controlKeys, () => performance.now()), controlKeys, keys.signer('control/order'));
    const released = await engageSwitch(host, { scope: 'agent', target: agent.clientId }, 'stop');
    await round();
    await breakGlassRelease(host, released.id, 'over', keys.signer('control/order'));
    const stands = await engageSwitch(host, { scope: 'class', target: 'financial' }, 'stop');
    await round();

    const whole = holding({
      renewBeforeEnd: { 'control/order': (by, kid, previousKid) => resignOrders(by, { kid, sign: (bytes) => keys.sign('control/order', bytes, kid) }, previousKid, controlKeys) },
      needs: { 'control/order': async (kid) => ((await ordersSignedBy(kid)) > 0 ? 'stops carry its signature.' : undefined) },
    });
    const { kid, previousKid } = await rotateKey(host, { name: 'control/order' }, whole);
    // Agents know the old pin, so the old key goes on signing; the new one is known to all who look.
    expect(keys.signer('control/order').kid).toBe(previousKid);
    expect(await ordersSignedBy(previousKid)).toBe(2);
    await expect(retireKey(host, { name: 'control/order', now: true }, holding({ needs: whole.needs! }))).rejects.toThrow(/carry its signature/);
    await retireKey(host, { name: 'control/order', now: true }, whole);
    expect([await ordersSignedBy(previousKid), await ordersSignedBy(kid), keys.signer('control/order').kid]).toEqual([0, 2, kid]);
    const { held } = await round();
    expect(held.map((order) => [order.id, order.orderJws !== null])).toEqual([[stands.id, true]]);
    expect((await listStandingOrders()).map(({ id }) => id)).toEqual([stands.id]);
    await breakGlassRelease(host, stands.id, 'over', keys.signer('control/order'));
  });
});

describe('the use of keys', () => {
  it('is counted in memory, written down in one go, and shown without anything private', async () => {
    takeKeyUses();
    for (let i = 0; i < 3; i++) signJws(keys.signer('permit'), 't', { i });
    await noteUses('gateway');
    await noteUses('gateway');
    const views = await listKeys(gateway.host, new FileKeys({ folder: path.join(gateway.dataDir, 'keys'), holds: [] }));
    const permit = views.find(({ name }) => name === 'permit')!;
    expect(permit).toMatchObject({ kid: keys.signer('permit').kid, state: 'signs', publicKey: null });
    expect(permit.uses).toBeGreaterThanOrEqual(3);
    expect(views.find(({ name }) => name === 'control/order')!.publicKey).toMatch(/^[\w-]{43}$/);
    await expect(listKeys(makeContext({ kind: 'agent', id: newId(), name: 'a', instanceId: newId() }), keys)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('never brings a private key or a secret into the database', async () => {
    await createControlKey(gateway.host, { name: 'k', scopes: ['global'], environments: ['*'] });
    const { readFileSync, readdirSync } = await import('node:fs');
    const folder = path.join(gateway.dataDir, 'keys');
    const secrets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(jwk|key|secret)$/.test(file)).map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      return file.endsWith('.jwk') ? (JSON.parse(text) as { d: string }).d : text.split('\n')[0]!;
    });
    expect(secrets.length).toBeGreaterThanOrEqual(7);
    const columns = await sql.rows<{ schema: string; table: string; column: string; type: string }>(
      `SELECT table_schema AS schema, table_name AS table, column_name AS column, data_type AS type FROM information_schema.columns
       WHERE table_schema IN ('public', 'log') AND data_type IN ('text', 'bytea', 'json', 'jsonb', 'ARRAY', 'character varying')`);
    expect(columns.length).toBeGreaterThan(100);
    for (const { schema, table, column, type } of columns) {
      for (const secret of secrets) {
        const found = type === 'bytea'
          ? await sql.rows(`SELECT 1 FROM "${schema}"."${table}" WHERE position($1::bytea IN "${column}") > 0 LIMIT 1`, [Buffer.from(secret, 'base64url')])
          : await sql.rows(`SELECT 1 FROM "${schema}"."${table}" WHERE "${column}"::text LIKE '%' || $1 || '%' OR "${column}"::text LIKE '%' || $2 || '%' LIMIT 1`, [secret, Buffer.from(secret, 'base64url').toString('hex')]);
        expect(found, `${schema}.${table}.${column}`).toEqual([]);
      }
    }
  });
});
