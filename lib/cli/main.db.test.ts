import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkToken } from '@/lib/access';
import { agentSecretHolds } from '@/lib/agents';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { readControlPin } from '@/lib/sdk/control-pin';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { commandLine, startWorker, type RunningWorker } from '@/lib/testing/running-worker';
import { runCommandLine } from './commands';

let db: TestDatabase;
let worker: RunningWorker;
let dataDir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-cli-'));
  process.env.DATABASE_URL = db.urlAs('console');
  process.env.DATA_DIR = dataDir;
  new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['control/order'] }).signingKey('control/order');
  worker = await startWorker(db.urlAs('worker'), { dataDir });
});
afterAll(async () => {
  await worker.stop();
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** In this process, which is a tenth of the time; it still goes through the worker's socket. */
async function countersign(...argv: string[]) {
  let out = '';
  let err = '';
  const code = await runCommandLine(argv, { out: (text) => { out += text; }, err: (text) => { err += text; } });
  let json: Record<string, unknown> = {};
  try { json = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>; } catch { /* text for people */ }
  return { code, out, err, json };
}

const actorsOf = async (type: string) => (await sql.rows<{ body: string }>('SELECT body FROM log.event WHERE type = $1 ORDER BY recorded_at, seq', [type])).map(({ body }) => (JSON.parse(body) as { actor: { kind: string } }).actor.kind);

describe('the command line, against a running worker', () => {
  it('registers an agent whose credentials hold, and takes them away again', async () => {
    const made = await worker.countersign('agent', 'create', '--name', 'Helpdesk', '--capability', 'ticket_system:read,update:assigned/*', '--capability', 'email:send:**', '--enforced', '--json');
    expect(made).toMatchObject({ code: 0, err: '', json: { ok: true, clientId: expect.any(String), clientSecret: expect.any(String), controlPin: expect.any(String) } });
    const { clientId, clientSecret, controlPin } = made.json as Record<string, string>;
    expect([...(readControlPin(controlPin!) as Map<string, unknown>).keys()]).toHaveLength(1);
    expect(await agentSecretHolds(clientId!, clientSecret!, new Date())).toBeTruthy();
    expect(await actorsOf('agent.created')).toEqual(['host']);

    const listed = await countersign('agent', 'list');
    expect(listed.out).toContain('ticket_system:read,update:assigned/*');
    const rotated = await countersign('agent', 'rotate', 'Helpdesk', '--json');
    expect(await agentSecretHolds(clientId!, clientSecret!, new Date())).toBeFalsy();
    expect(await agentSecretHolds(clientId!, (rotated.json as Record<string, string>).clientSecret!, new Date())).toBeTruthy();
    expect((await countersign('agent', 'disable', 'Helpdesk')).code).toBe(0);
    expect(await actorsOf('agent.disabled')).toEqual(['host']);
  });

  it('adds a person and makes a token that REST believes', async () => {
    const person = await countersign('user', 'create', '--email', 'Ada@Example.org', '--name', 'Ada', '--role', 'responder', '--json');
    expect(person.json).toMatchObject({ ok: true, email: 'ada@example.org', link: expect.stringMatching(/^http:\/\/localhost:\d+\/set-password\/[\w-]{43}$/) });
    const made = await countersign('token', 'create', '--user', 'ada@example.org', '--limit', 'read_only', '--json');
    const actor = await checkToken(makeContext({ kind: 'system', process: 'console' }), made.json.token as string);
    expect(actor).toMatchObject({ email: 'ada@example.org', roles: ['responder'], limit: 'read_only' });
  });

  it('says in a sentence what is wrong, with the right exit code', async () => {
    const cases: [string[], number, RegExp][] = [
      [['agent', 'create', '--name', 'x', '--capability', 'nonsense'], 2, /is not a capability.*Write toolset/],
      [['agent', 'create', '--capability', 'email:send:**'], 2, /--name/],
      [['agent', 'create', '--name', 'Helpdesk'], 1, /exists already/],
      [['agent', 'disable', 'nobody'], 1, /no agent "nobody"/],
      [['token', 'create', '--user', 'nobody@example.org'], 1, /no such person/],
      [['token', 'create', '--user', 'ada@example.org', '--limit', 'all'], 2, /read_only or deny_and_stop/],
      [['user', 'create', '--email', 'b@example.org', '--name', 'B', '--role', 'king'], 2, /There is no role/],
      [['agent', 'create', '--bogus'], 2, /bogus/],
      [['agent'], 2, /agent create/],
      [['dance'], 2, /no command "dance"/],
      [['keys', 'show', 'auth'], 2, /auth is a secret/],
    ];
    const results = await Promise.all(cases.map(([argv]) => countersign(...argv)));
    for (const [i, [argv, code, says]] of cases.entries()) {
      expect([argv, results[i]!.code], results[i]!.err).toEqual([argv, code]);
      expect(results[i]!.err).toMatch(says);
      expect(results[i]!.err).not.toContain('    at ');
    }
    const quiet = await countersign('agent', 'disable', 'nobody', '--json');
    expect(quiet).toMatchObject({ code: 1, err: '', json: { ok: false } });
  });

  it('exports, and verifies with the key that it shows', async () => {
    const file = path.join(dataDir, 'export.ndjson');
    const exported = await countersign('log', 'export', '--out', file, '--json');
    expect(exported).toMatchObject({ code: 0, json: { ok: true, file, events: expect.any(Number) } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = (await countersign('keys', 'show', 'checkpoint')).out.trim();
    const offline = { ...process.env, DATABASE_URL: '', DATA_DIR: path.join(dataDir, 'none') };
    expect(await commandLine(['verify', file, '--key', key, '--json'], offline)).toMatchObject({ code: 0, json: { ok: true, summary: { events: exported.json.events, streams: exported.json.streams } } });
    expect(await commandLine(['verify', file, '--json'], offline)).toMatchObject({ code: 3, json: { status: 'untrusted_key' } });
    // The anchor outside the database holds the same checkpoints.
    expect(await commandLine(['verify', file, '--key', key, '--anchor', path.join(dataDir, 'anchor', 'checkpoints.ndjson'), '--json'], offline)).toMatchObject({ code: 0 });
    expect(await actorsOf('log.exported')).toEqual(['host']);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"type":"agent.created"');
    expect(await countersign('log', 'export', '--out', path.join(dataDir, 'no', 'such', 'folder'))).toMatchObject({ code: 1, err: expect.stringContaining('cannot be written') });
  });

  it('shows keys without anything running, and says so when nothing answers', async () => {
    expect((await countersign('keys', 'show', 'control')).out.trim()).toMatch(/^[\w-]{43}$/);
    const elsewhere = { ...process.env, DATA_DIR: path.join(dataDir, 'none') };
    const away = await commandLine(['agent', 'list'], elsewhere);
    expect(away).toMatchObject({ code: 3 });
    expect(away.err).toMatch(/does not answer on .*worker\.sock.*npm start/);
    expect((await commandLine(['keys', 'show', 'checkpoint'], elsewhere)).code).toBe(1);
  });

  it('is a door for nobody else: a private socket, also where the folder has a long name', async () => {
    expect(statSync(path.join(dataDir, 'worker.sock')).mode & 0o777).toBe(0o600);
    const long = path.join(dataDir, 'x'.repeat(90));
    const other = await startWorker(db.urlAs('worker'), { dataDir: long });
    try {
      const socket = readFileSync(path.join(long, 'worker.sock.path'), 'utf8').trim();
      expect(statSync(path.dirname(socket)).mode & 0o777).toBe(0o700);
      expect(statSync(socket).mode & 0o777).toBe(0o600);
      expect((await other.countersign('agent', 'list', '--json')).code).toBe(0);
    } finally {
      await other.stop();
    }
    expect(existsSync(path.join(long, 'worker.sock'))).toBe(false);
  });
});
