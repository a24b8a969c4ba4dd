import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext, type Actor } from '@/lib/context';
import { closePools, closePrisma, sql, sqlOf } from '@/lib/db';
import pg from 'pg';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { activePolicies, bundleHistory } from './queries';
import { BundleWatch } from './bundle-watch';
import { ensureStarterBundle } from './ensure-starter-bundle';
import { loadActiveBundle } from './load-active-bundle';
import { publishBundle } from './publish-bundle';
import { starterBundle } from './starter';

const person = (roles: Extract<Actor, { kind: 'person' }>['roles']) => makeContext({ kind: 'person', id: '0198c5a0-7b1e-7c3a-9f00-3b1d2e4f5a6b', name: 'Ada', email: 'ada@example.org', roles, via: 'console' });
const worker = makeContext({ kind: 'system', process: 'worker' });

describe('bundles', () => {
  let database: TestDatabase;
  let folder: string;
  let keys: FileKeys;
  let owner: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    process.env.DATABASE_URL = database.urlAs('worker');
    folder = mkdtempSync(join(tmpdir(), 'bundle-keys-'));
    keys = new FileKeys({ folder, holds: ['bundle'] });
    owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await closePrisma();
    await closePools();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const load = (current?: { version: string; sequence: number; sha256: string }) => loadActiveBundle(sql, keys.verificationKeys('bundle'), current);
  const events = () => sqlOf(owner).rows<{ body: string }>(`SELECT body FROM log.event WHERE type = 'policy.activated' ORDER BY seq`);

  it('has none at first, then begins with the starter bundle, once', async () => {
    expect(await load()).toMatchObject({ kind: 'refused', sequence: 0 });
    const both = await Promise.all([ensureStarterBundle(worker, { keys }), ensureStarterBundle(worker, { keys })]);
    expect(both.sort()).toEqual(['present', 'published']);
    expect(await ensureStarterBundle(worker, { keys })).toBe('present');
    const recorded = (await events()).map((row) => JSON.parse(row.body) as { data: { sequence: number }; actor: object });
    expect(recorded).toMatchObject([{ data: { sequence: 1, name: 'Starter bundle' }, actor: { kind: 'system', id: 'worker' } }]);
    const loaded = await load();
    expect(loaded).toMatchObject({ kind: 'loaded', active: { version: '1', sequence: 1 } });
    if (loaded.kind === 'loaded') {
      expect(loaded.active.prepared.tools.has('send_email')).toBe(true);
      loaded.active.prepared.dispose();
    }
  });

  it('refuses people below author, invalid bundles and used sequences', async () => {
    await expect(publishBundle(person(['responder']), { bundle: starterBundle(2) }, { keys })).rejects.toMatchObject({ code: 'forbidden' });
    const broken = { ...starterBundle(2), policies: { wrong: { text: 'permit(principal, action, resource) when { context.args.nothing };' } } };
    await expect(publishBundle(person(['author']), { bundle: broken }, { keys })).rejects.toMatchObject({ code: 'invalid', issues: [expect.objectContaining({ path: '/policies/wrong' })] });
    await expect(publishBundle(person(['author']), { bundle: starterBundle(1) }, { keys })).rejects.toMatchObject({ code: 'conflict', data: { highest: 1 } });
    expect(await events()).toHaveLength(1);
  });

  it('lets exactly one of two publishers of the same sequence win, and watches find it', async () => {
    const watch = new BundleWatch({ sql, keys: () => keys.verificationKeys('bundle') });
    expect(() => watch.active()).toThrow(/nothing can be decided/);
    await watch.reload();
    const first = watch.active();
    expect(first.version).toBe('1');
    const results = await Promise.allSettled([1, 2].map((n) => publishBundle(person(['author']), { bundle: { ...starterBundle(2), name: `Second ${n}` } }, { keys })));
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    await Promise.all([watch.reload(), watch.reload()]);
    expect(watch.active().version).toBe('2');
    expect(first.prepared.disposed).toBe(true);
    expect(await events()).toHaveLength(2);
    expect((await bundleHistory()).map((row) => row.sequence)).toEqual([2, 1]);
    expect(await activePolicies()).toMatchObject({ version: '2', rules: expect.arrayContaining([expect.objectContaining({ id: 'email.outside', effect: 'ask', tools: ['send_email'], risk: 'medium' })]) });
    watch.close();
  });

  it('keeps the last good bundle when the newest was tampered with or went away', async () => {
    const refusals: string[] = [];
    const watch = new BundleWatch({ sql, keys: () => keys.verificationKeys('bundle'), onRefused: (refusal) => refusals.push(refusal.reason) });
    await watch.reload();
    const good = await sqlOf(owner).rows<{ body: string; sha256: string }>('SELECT body, sha256 FROM bundle WHERE sequence = 2');
    const { body, sha256 } = good[0]!;
    const change = (text: string, sha: string) => owner.query('UPDATE bundle SET body = $1, sha256 = $2 WHERE sequence = 2', [text, sha]);
    const changed = body.replace('1000.00', '9000.00');
    expect(changed).not.toBe(body);

    await change(changed, sha256);
    expect(await load()).toMatchObject({ kind: 'refused', reason: 'its text is not what was signed' });
    await change(changed, hash('sha256', changed, 'hex'));
    expect(await load()).toMatchObject({ kind: 'refused', reason: 'its text is not what was signed' });
    await watch.reload();
    expect(watch.active().sha256).toBe(sha256);
    expect(refusals).toEqual(['it changed under the same sequence']);
    await change(body, sha256);

    await owner.query('UPDATE bundle SET sequence = 3 WHERE sequence = 2');
    expect(await load()).toMatchObject({ kind: 'refused', reason: 'its sequence is not the one that was signed' });
    await owner.query('UPDATE bundle SET sequence = 2 WHERE sequence = 3');

    const stranger = new FileKeys({ folder: join(folder, 'stranger'), holds: ['bundle'] });
    stranger.signingKey('bundle');
    expect(await loadActiveBundle(sql, stranger.verificationKeys('bundle'))).toMatchObject({ kind: 'refused', reason: 'its signature does not hold (unknown_key)' });

    await owner.query('DELETE FROM bundle WHERE sequence = 2');
    expect(await load()).toMatchObject({ kind: 'refused', reason: 'it is older than sequence 2, which the log remembers' });
    await watch.reload();
    expect(watch.active().version).toBe('2');
    await expect(publishBundle(person(['author']), { bundle: starterBundle(2) }, { keys })).rejects.toMatchObject({ code: 'conflict' });
    watch.close();
  });

  it('says which channels of its routes do not exist, and publishes all the same', async () => {
    await owner.query(`INSERT INTO channel (id, name, kind, leads_to, settings, created_at, created_by, changed_at, removed_at) VALUES (gen_random_uuid(), 'here', 'webhook', 'x', '{}', now(), '{}', now(), NULL), (gen_random_uuid(), 'removed', 'webhook', 'x', '{}', now(), '{}', now(), now())`);
    const bundle = starterBundle(1_000);
    const { escalateTo: _to, escalateAfterMs: _after, ...payments } = bundle.routes.payments!;
    const routes = { ...bundle.routes, payments: { ...payments, notify: ['here', 'gone'], escalation: [{ groups: [{ role: 'admin', quorum: 1 }], notify: ['removed'] }] } };
    const { findings, sequence } = await publishBundle(worker, { bundle: { ...bundle, routes } }, { keys });
    expect(sequence).toBe(1_000);
    expect(findings.filter(({ path }) => path === '/routes/payments')).toEqual([
      { level: 'warning', path: '/routes/payments', message: 'tells the channel "gone", which does not exist; until it does the default page is told instead' },
      { level: 'warning', path: '/routes/payments', message: 'tells the channel "removed", which does not exist; until it does the default page is told instead (tier 1)' },
    ]);
  });
});
