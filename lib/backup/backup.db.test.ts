import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkToken, createPerson, createToken } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, pool, sql, sqlOf } from '@/lib/db';
import { Checkpoints, organisationEvent, readFeed, recentEvents, record, sessionEvent, verifyLog } from '@/lib/log';
import { FileKeys } from '@/lib/signing';
import { engageSwitch, listOrders } from '@/lib/switches';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet } from '@/lib/testing/fleet';
import { beginBackup, lastBackups, makeBackup, restoreBackup, sealBackup } from './index';

const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-backup-'));
const host = makeContext({ kind: 'host', user: 'test' });
const worker = makeContext({ kind: 'system', process: 'worker' });
const supervisor = makeContext({ kind: 'system', process: 'supervisor' });
const keys = new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['checkpoint'] });
const checkpoints = () => new Checkpoints(keys, (what) => { throw new Error(what); });
const pins = () => new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] }).verificationKeys('checkpoint');
const EVENTS = 20_000;
const databases: TestDatabase[] = [];
let source: TestDatabase;
let file: string;
let token: string;
let sessions: { id: string }[];

const create = async () => { const made = await createTestDatabase(); databases.push(made); return made; };
async function backupTo(name: string) {
  const begun = await beginBackup(host, { checkpoints: checkpoints(), source: 'test' });
  return makeBackup({ ownerUrl: source.url, file: path.join(dataDir, name), begun, seal: async (seal) => (await sealBackup(host, keys, seal)).jws });
}
/** As the product works on the restored database from here on. */
async function moveTo(db: TestDatabase, role: 'console' | 'worker') {
  await closePrisma();
  process.env.DATABASE_URL = db.urlAs(role);
}

beforeAll(async () => {
  process.env.DATA_DIR = dataDir;
  source = await create();
  process.env.DATABASE_URL = source.urlAs('worker');
  const owner = sqlOf(pool(source.url));
  ({ sessions } = await insertFleet(owner, { agents: 2, sessionsEach: 10 }));
  await owner.rows(`INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes) VALUES (gen_random_uuid(), $1, 'args', decode('00ff5c0a09', 'hex'), 'salt', E'odd \\\\ \\t \\n text', 5)`, [sessions[0]!.id]);
  await createPerson(host, { email: 'ada@example.org', name: 'Ada', roles: ['admin'] });
  token = (await createToken(host, { email: 'ada@example.org', name: 'of Ada' } as Parameters<typeof createToken>[1])).token;
  await owner.rows(`INSERT INTO sign_in (id, person_id, expires_at) SELECT gen_random_uuid(), id, now() + interval '1 day' FROM person`);
  for (let i = 0; i < 40; i++) await record(owner, worker, Array.from({ length: EVENTS / 40 }, (_, n) => sessionEvent(sessions[(i + n) % sessions.length]!.id, 'session.closed', { outcome: `number ${i} ${n}`, summary: 'a text with "quotes", \\ and \n a line' })));
  const since = performance.now();
  const made = await backupTo('first.backup');
  const took = performance.now() - since;
  process.stdout.write(`\nbackup of ${made.manifest.events} events: ${Math.round(made.manifest.events / took * 1_000)} events/s, ${made.bytes} bytes\n`);
  file = path.join(dataDir, 'first.backup');
}, 120_000);
afterAll(async () => {
  await closePrisma();
  await closePools();
  for (const db of databases) await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const everything = async (db: TestDatabase) => {
  const { rows } = await pool(db.url).query<{ name: string }>(`SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'log') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`);
  const counts: Record<string, number> = {};
  for (const { name } of rows) counts[name] = Number((await pool(db.url).query<{ n: bigint }>(`SELECT count(*) AS n FROM ${name}`)).rows[0]!.n);
  return counts;
};

describe('a backup', () => {
  it('is one file for its owner alone, on the record and signed; who may not is refused', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await moveTo(source, 'worker');
    expect(await lastBackups(host, 1)).toMatchObject([{ kind: 'made', by: 'test on the host', events: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const analyst = makeContext({ kind: 'person', id: sessions[0]!.id, name: 'Ann', email: 'ann@example.org', roles: ['analyst'], via: 'console' });
    await expect(beginBackup(analyst, { checkpoints: checkpoints(), source: 'test' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(sealBackup(analyst, keys, {})).rejects.toMatchObject({ code: 'forbidden' });
    // Only the owner reads all: a process's own address is not enough, and leaves no file.
    const begun = await beginBackup(host, { checkpoints: checkpoints(), source: 'test' });
    await expect(makeBackup({ ownerUrl: source.urlAs('worker'), file: path.join(dataDir, 'none'), begun, seal: async () => '' })).rejects.toThrow(/permission denied/);
    expect(statSync(path.join(dataDir, 'none'), { throwIfNoEntry: false })).toBeUndefined();
    const text = readFileSync(file, 'latin1');
    for (const secret of ['sign_in"', token, 'PRIVATE']) expect(text).not.toContain(secret);
  });

  it('restores to what was there then, verifies, reads in order, and is stopped with its tokens ended', async () => {
    // Meanwhile the source goes on: none of this is in the file.
    await record(sqlOf(pool(source.url)), worker, [organisationEvent('demo.started', { runId: 'later' })]);
    const target = await create();
    const done = await restoreBackup(supervisor, { ownerUrl: target.url, file, keys: pins() });
    expect(done).toMatchObject({ tokensEnded: 1 });
    const [before, after] = [await everything(source), await everything(target)];
    for (const name of ['public.agent', 'public.session', 'public.person', 'public.payload', 'public.api_token', 'public._prisma_migrations']) expect([name, after[name]]).toEqual([name, before[name]]);
    expect(after['public.sign_in']).toBe(0);
    expect((await pool(target.url).query('SELECT sealed, mac FROM payload')).rows).toEqual((await pool(source.url).query('SELECT sealed, mac FROM payload')).rows);

    await moveTo(target, 'worker');
    expect(await listOrders()).toMatchObject([{ scope: 'global', reason: expect.stringMatching(/^Restored from a backup of 2\d{3}-/), state: { state: 'engaged' } }]);
    await moveTo(target, 'console');
    await expect(checkToken(makeContext({ kind: 'system', process: 'console' }), token)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await lastBackups(host, 1)).toMatchObject([{ kind: 'restored', backupId: done.backupId, madeAt: done.madeAt }]);

    // The chain goes on from where the backup ended, and the feed shows all of it, in the order in which it came about.
    await moveTo(target, 'worker');
    await checkpoints().sign(worker);
    expect((await verifyLog(pins(), new Date())).findings).toEqual([]);
    const newest = await recentEvents({ limit: 4 });
    expect(newest.map(({ type }) => type)).toContain('backup.restored');
    const readAll = async () => {
      const feed: string[] = [];
      for (let last: Awaited<ReturnType<typeof readFeed>>['last']; ;) {
        const page = await readFeed(last, 5_000);
        feed.push(...page.events.filter(({ type }) => type === 'session.closed').map(({ data }) => (data as { outcome: string }).outcome.split(' ')[1]!));
        if (!page.last) return feed;
        last = page.last;
      }
    };
    // It waits for every older transaction of the server, those of other databases among them.
    await expect.poll(async () => (await readAll()).length, { timeout: 30_000 }).toBe(EVENTS);
    const feed = await readAll();
    expect([...new Set(feed)]).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
    expect(feed).toEqual([...feed].sort((a, b) => Number(a) - Number(b)));
  });

  it('stops by an order of its own, also where one stood in the backup', async () => {
    await moveTo(source, 'worker');
    await engageSwitch(worker, { scope: 'global', reason: 'before the backup' });
    await backupTo('stopped.backup');
    const target = await create();
    await restoreBackup(supervisor, { ownerUrl: target.url, file: path.join(dataDir, 'stopped.backup'), keys: pins() });
    await moveTo(target, 'worker');
    expect((await listOrders()).map(({ reason }) => reason?.slice(0, 10)).sort()).toEqual(['Restored f', 'before the']);
    await moveTo(source, 'worker');
  });
});

describe('a file that is not what was written', () => {
  const bytes = () => readFileSync(file);
  const written = (name: string, content: Buffer) => { const at = path.join(dataDir, name); writeFileSync(at, content); return at; };
  const flipped = (at: number) => { const copy = bytes(); copy[at]! ^= 0x01; return copy; };
  const at = (text: string, more = 0) => bytes().indexOf(text) + more;
  const cases: [string, () => Buffer, RegExp][] = [
    ['another kind of file', () => Buffer.from('PGDMP nothing of ours\n'), /not a backup of Countersign/],
    ['an empty one', () => Buffer.alloc(0), /not a backup of Countersign/],
    ['a newer format', () => Buffer.from(bytes().toString('latin1').replace('"version":1', '"version":2'), 'latin1'), /format 2.*reads up to 1/],
    ['one cut in the middle', () => bytes().subarray(0, Math.floor(bytes().length / 2)), /cut off/],
    ['one without its footer', () => bytes().subarray(0, at('{"footer"')), /cut off/],
    ['a flipped byte in a row', () => flipped(at('a text with', 3)), /rows of log\.event.*SHA-256 differs/],
    ['a flipped byte in a length', () => flipped(at('{"bytes"', 9)), /damaged|cut off|SHA-256/],
    ['a flipped byte in the list', () => flipped(at('{"manifest"', 40)), /damaged|not what was signed|changed/],
    ['a flipped byte in the signature', () => flipped(bytes().length - 20), /signature|damaged/],
    ['something behind the end', () => Buffer.concat([bytes(), Buffer.from('{}\n')]), /behind the end/],
  ];
  it.each(cases)('%s is refused with a sentence, and nothing is loaded', async (name, make, says) => {
    const target = await create();
    await expect(restoreBackup(supervisor, { ownerUrl: target.url, file: written(name, make()), keys: pins() })).rejects.toThrow(says);
    expect(Object.entries(await everything(target)).filter(([table, n]) => n > 0 && !/_prisma_migrations|switch_generation/.test(table))).toEqual([]);
  });

  it('is refused as well when the key is another one, the database has rows, or its migrations differ', async () => {
    const other = new FileKeys({ folder: mkdtempSync(path.join(dataDir, 'other-')), holds: ['checkpoint'] });
    await other.publicKeys('checkpoint');
    const target = await create();
    const at = { ownerUrl: target.url, file };
    await expect(restoreBackup(supervisor, { ...at, keys: other.verificationKeys('checkpoint') })).rejects.toThrow(/another checkpoint key/);
    await expect(restoreBackup(supervisor, { ...at, file: `${file}.none`, keys: pins() })).rejects.toThrow(/no file/);
    await expect(restoreBackup(supervisor, { ownerUrl: source.url, file, keys: pins() })).rejects.toThrow(/not empty: /);
    await pool(target.url).query(`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)`);
    await expect(restoreBackup(supervisor, { ...at, keys: pins() })).rejects.toThrow(/newer version/);
    await pool(target.url).query(`UPDATE _prisma_migrations SET rolled_back_at = NULL`);
    await pool(target.url).query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29990101000000_later', now())`);
    await expect(restoreBackup(supervisor, { ...at, keys: pins() })).rejects.toThrow(/older version/);
    expect((await sql.rows('SELECT 1 FROM agent')).length).toBeGreaterThan(0);
    expect((await pool(target.url).query('SELECT 1 FROM agent')).rows).toEqual([]);
  });

  it('that the database refuses half way leaves nothing', async () => {
    const target = await create();
    // A constraint that the source does not have: the load fails in the middle of its transaction.
    await pool(target.url).query(`ALTER TABLE switch_order ADD CONSTRAINT none CHECK (reason IS NULL)`);
    await expect(restoreBackup(supervisor, { ownerUrl: target.url, file, keys: pins() })).rejects.toThrow();
    expect(Object.entries(await everything(target)).filter(([table, n]) => n > 0 && !/_prisma_migrations|switch_generation/.test(table))).toEqual([]);
  });
});
