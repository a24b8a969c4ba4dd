import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { FileKeys, hashSecret, publicKeyText } from '@/lib/signing';
import { createSupervisorKey, listSupervisorKeys, revokeSupervisorKey } from '@/lib/supervisors';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertPerson } from '@/lib/testing/fleet';
import { startWorker, type RunningWorker } from '@/lib/testing/running-worker';
import { runCommandLine } from './commands';

let db: TestDatabase;
let worker: RunningWorker;
let dataDir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-sup-'));
  // Control's key, whose public half is the pin.
  new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['control/order'] }).signer('control/order');
  process.env.DATABASE_URL = db.urlAs('console');
  process.env.DATA_DIR = dataDir;
  worker = await startWorker(db.urlAs('worker'), { dataDir, env: { CONTROL_URLS: 'http://10.0.0.5:3001,http://10.0.0.6:3001' } });
});
afterAll(async () => {
  await worker.stop();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function insertAgent(name: string): Promise<string> {
  const id = newId();
  await sql.rows('INSERT INTO agent (id, name) VALUES ($1, $2)', [id, name]);
  return id;
}
async function countersign(...argv: string[]) {
  const said = { out: '', err: '' };
  const code = await runCommandLine(argv, { out: (text) => { said.out += text; }, err: (text) => { said.err += text; } });
  return { code, ...said };
}

it('makes, shows and revokes the keys of an agent\'s supervisors, and keeps only their hash', async () => {
  const agentId = await insertAgent('eu-helper');
  const name = 'eu-helper';
  const made = JSON.parse((await countersign('supervisor-key', 'create', '--agent', name, '--name', 'eu-1', '--json')).out) as Record<string, string>;
  const [pin] = [...new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] }).verificationKeys('control/order').values()];
  expect(made).toMatchObject({ ok: true, name: 'eu-1', agentId, environment: 'local', key: expect.stringMatching(/^csk_sup_/), controlPin: publicKeyText(pin!.jwk), url: 'http://10.0.0.5:3001,http://10.0.0.6:3001' });
  expect(await sql.rows('SELECT hash FROM supervisor_key')).toEqual([{ hash: hashSecret(made.key!) }]);
  expect((await countersign('supervisor-key', 'list')).out).toMatch(/eu-1 .*local +active/);
  expect((await countersign('supervisor-key', 'list', '--json')).out).not.toContain(made.key);
  expect(await countersign('supervisor-key', 'revoke', made.id!)).toMatchObject({ code: 0 });
  expect(await countersign('supervisor-key', 'revoke', made.id!)).toMatchObject({ code: 1, err: expect.stringContaining('revoked already') });
  expect((await countersign('supervisor-key', 'list')).out).toContain('revoked 2');
  expect(await countersign('supervisor-key', 'create', '--agent', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('no agent nobody') });
  expect((await countersign('supervisor-key', 'create')).code).toBe(2);
  const recorded = await sql.rows<{ type: string; body: string }>(`SELECT type, body FROM log.event WHERE type LIKE 'agent.supervisor_key%' ORDER BY seq`);
  expect(recorded.map((row) => row.type)).toEqual(['agent.supervisor_key_created', 'agent.supervisor_key_revoked']);
  expect(recorded[0]!.body).not.toContain(made.key);
});

it('takes whoever may manage agents, and nobody else', async () => {
  const agent = await insertAgent('other-helper');
  const responder = makeContext(await insertPerson(sql, 'Rosa', ['responder']));
  for (const verb of [() => createSupervisorKey(responder, { agent, name: 'x' }), () => revokeSupervisorKey(responder, { key: 'x' }), () => listSupervisorKeys(responder)]) await expect(verb()).rejects.toMatchObject({ code: 'forbidden' });
  const admin = makeContext(await insertPerson(sql, 'Ada', ['admin']));
  await expect(createSupervisorKey(admin, { agent, name: 'x', environment: 'No Such' })).rejects.toMatchObject({ code: 'invalid' });
  const { id } = await createSupervisorKey(admin, { agent, name: 'x' });
  // Of two who revoke it at once, one did.
  const both = await Promise.allSettled([revokeSupervisorKey(admin, { key: id }), revokeSupervisorKey(admin, { key: id })]);
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
});
