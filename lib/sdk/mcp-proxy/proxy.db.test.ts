import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Context } from '@/lib/context';
import { startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';
import { runMcpProxy } from '.';

const root = path.resolve(import.meta.dirname, '../../..');
const fileServer = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/dist/index.js');

let gateway: TestGateway;
let agent: TestAgent;
let boss: Context;
let folder: string;
let docs: string;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-proxy-'));
  docs = path.join(folder, 'docs');
  await mkdir(path.join(folder, 'private'), { recursive: true });
  await mkdir(docs);
  await writeFile(path.join(folder, 'private', 'plan.txt'), 'nobody may read this');
  agent = await gateway.agent('file keeper', [{ toolset: 'files', operations: ['read', 'write'], scope: `${docs}/**` }], { enforced: true });
  boss = await gateway.person('admin');
});
beforeEach(() => writeFile(path.join(docs, 'hello.txt'), 'hello from the real file server'));
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

async function configFile(extra: object = {}): Promise<string> {
  const file = path.join(folder, `config-${Math.random().toString(36).slice(2)}.json`);
  await writeFile(file, JSON.stringify({ session: { purpose: 'keep files' }, servers: { files: { command: process.execPath, args: [fileServer, folder], env: { CHILD_SECRET: '${CHILD_SECRET}' } } }, ...extra }));
  return file;
}
const env = () => ({ COUNTERSIGN_URL: gateway.url, COUNTERSIGN_CLIENT_ID: agent.clientId, COUNTERSIGN_CLIENT_SECRET: agent.clientSecret, COUNTERSIGN_CONTROL_PIN: gateway.keys.signingKey('control/order').publicJwk.x, CHILD_SECRET: 'for the child alone' });

/** The proxy as agents start it: a process of its own, over stdio. */
async function overStdio(extra: object = {}): Promise<Client> {
  const client = new Client({ name: 'test agent', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: ['--import', 'tsx', path.join(import.meta.dirname, 'bin.ts'), await configFile(extra)], cwd: root, env: { ...(process.env as Record<string, string>), ...env() }, stderr: 'inherit' }));
  ends.push(() => client.close());
  return client;
}
/** The proxy in this process, over HTTP. */
async function overHttp(extra: object = {}): Promise<{ url: string; log: () => string; client: () => Promise<Client> }> {
  const stop = new AbortController();
  const stderr = new PassThrough();
  let log = '';
  stderr.on('data', (part: Buffer) => { log += part.toString(); });
  const ended = runMcpProxy(['--http', await configFile(extra)], { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: env(), signal: stop.signal });
  ends.push(() => { stop.abort(); return ended; });
  const url = await vi.waitFor(() => { const found = /serving (\S+)/.exec(log)?.[1]; if (!found) throw new Error(log); return found; }, { timeout: 30_000 });
  return {
    url, log: () => log,
    async client() {
      const client = new Client({ name: 'test agent', version: '1' });
      const transport = new StreamableHTTPClientTransport(new URL(url));
      await client.connect(transport);
      ends.push(async () => { await transport.terminateSession(); await client.close(); });
      return client;
    },
  };
}
const call = (client: Client, name: string, args: Record<string, unknown>, options = {}) => client.callTool({ name, arguments: args }, undefined, { timeout: 20_000, ...options }) as Promise<CallToolResult>;
const text = (result: CallToolResult) => result.content.map((part) => (part.type === 'text' ? part.text : part.type)).join('');

async function decidePending(verdict: 'approve' | 'deny', tool = 'write_file'): Promise<void> {
  const { decideApproval } = await import('@/lib/approvals');
  const { sql } = await import('@/lib/db');
  const row = await vi.waitFor(async () => {
    const [found] = await sql.rows<{ id: string; digest: string }>(`SELECT id, digest FROM approval WHERE state = 'pending' AND agent_id = $1 AND tool = $2`, [agent.clientId, tool]);
    if (!found) throw new Error('nothing is asked');
    return found;
  }, { timeout: 30_000 });
  await decideApproval(boss, { approvalId: row.id, verdict, digest: row.digest });
}
async function events(type: string): Promise<Record<string, unknown>[]> {
  const { sql } = await import('@/lib/db');
  const rows = await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE body::jsonb->>'type' = $1 ORDER BY month, stream, seq`, [type]);
  return rows.map(({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data);
}

describe('over stdio, in front of the real file server', () => {
  it('reads what is permitted, refuses what is out of scope, and writes only what a person approved', async () => {
    const client = await overStdio();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['read_text_file', 'write_file', 'move_file']));
    expect(tools.every((tool) => tool.outputSchema === undefined)).toBe(true);

    const read = await call(client, 'read_text_file', { path: path.join(docs, 'hello.txt') });
    expect(read.isError).toBeFalsy();
    expect(text(read)).toMatch(/^<data-\w+>\nhello from the real file server\n<\/data-\w+>$/);

    for (const outside of [path.join(folder, 'private', 'plan.txt'), `${docs}/../private/plan.txt`]) {
      const refused = await call(client, 'read_text_file', { path: outside });
      expect(refused.isError).toBe(true);
      expect(text(refused)).toContain('capability.missing');
      expect(text(refused)).not.toContain('nobody may read');
    }

    const target = path.join(docs, 'note.txt');
    const progress: string[] = [];
    const writing = call(client, 'write_file', { path: target, content: 'approved' }, { onprogress: (step: { message?: string }) => progress.push(step.message ?? '') });
    await decidePending('approve');
    expect((await writing).isError).toBeFalsy();
    expect(await readFile(target, 'utf8')).toBe('approved');
    expect(progress[0]).toMatch(/Waiting for a person/);

    const denied = call(client, 'write_file', { path: path.join(docs, 'denied.txt'), content: 'x' });
    await decidePending('deny');
    expect((await denied).isError).toBe(true);
    await expect(readFile(path.join(docs, 'denied.txt'))).rejects.toThrow('ENOENT');

    expect(await events('session.opened')).toMatchObject([{ enforcement: 'enforced', purpose: 'keep files' }]);
    await client.close();
    await vi.waitFor(async () => expect(await events('session.closed')).toHaveLength(1), { timeout: 30_000 });
  });

  it('starts a child again that dies in the middle of a call, and says that its effect is not known', async () => {
    const config = { servers: { odd: { command: process.execPath, args: [path.join(import.meta.dirname, '../testing/odd-mcp-server.mjs')], env: { CHILD_SECRET: '${CHILD_SECRET}' }, tools: { die: { as: 'search_articles' }, env: { as: 'search_articles' } } } } };
    agent = await gateway.agent('odd', [{ toolset: 'knowledge_base', operations: ['*'], scope: '**' }], { enforced: true });
    const client = await overStdio(config);
    const died = await call(client, 'die', { query: 'x' });
    expect(died.isError).toBe(true);
    expect(text(died)).toMatch(/not known/);
    const seen = JSON.parse(text(await call(client, 'env', { query: 'x' })).replace(/<\/?data-\w+>/g, '')) as Record<string, string>;
    expect(seen.CHILD_SECRET).toBe('for the child alone');
    expect(Object.keys(seen).filter((name) => name.startsWith('COUNTERSIGN'))).toEqual([]);
    agent = await gateway.agent('file keeper two', [{ toolset: 'files', operations: ['read', 'write'], scope: `${docs}/**` }], { enforced: true });
  });
});

describe('over HTTP', () => {
  it('turns away foreign pages, foreign host names and whoever has not initialized', async () => {
    const { url } = await overHttp();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const post = (headers: Record<string, string>) => fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers } });
    expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({})).status).toBe(400);
    expect((await post({ 'mcp-session-id': 'guessed' })).status).toBe(404);
    expect((await fetch(url, { method: 'OPTIONS', headers: { origin: 'https://evil.example' } })).headers.get('access-control-allow-origin')).toBeNull();
    const open = await overHttp({ http: { allowedOrigins: ['https://chat.example.org'], token: 'a-token-of-sixteen' } });
    const preflight = await fetch(open.url, { method: 'OPTIONS', headers: { origin: 'https://chat.example.org' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'https://chat.example.org']);
    expect((await fetch(`${url}x`)).status).toBe(404);
    const http = await import('node:http');
    const status = await new Promise<number | undefined>((resolve) => http.request(url, { headers: { host: 'evil.example' } }, (answer) => { answer.resume(); resolve(answer.statusCode); }).end());
    expect(status).toBe(403);
  });

  it('needs a token beyond loopback, and then asks for it', async () => {
    const stderr = new PassThrough();
    expect(await runMcpProxy(['--http', await configFile({ http: { host: '0.0.0.0' } })], { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: env(), signal: new AbortController().signal })).toBe(2);
    expect(String(stderr.read())).toMatch(/token/);
    const { url } = await overHttp({ http: { token: 'a-token-of-sixteen' } });
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await fetch(url, { method: 'POST', body: '{}', headers: { authorization: 'Bearer a-token-of-sixteen' } })).status).toBe(400);
  });

  it('gives each client a session of its own, and answers "pending" with a handle where it is told to', async () => {
    const proxy = await overHttp({ mode: 'pending' });
    const [one, other] = [await proxy.client(), await proxy.client()];
    const target = path.join(docs, 'pending.txt');
    const pending = await call(one, 'write_file', { path: target, content: 'later' });
    const { handle } = pending.structuredContent as { handle: string };
    expect(pending).toMatchObject({ structuredContent: { status: 'pending' } });
    expect(text(await call(one, 'countersign_result', { handle }))).toMatch(/Not run yet/);
    expect((await call(other, 'countersign_result', { handle })).isError).toBe(true);
    await decidePending('approve');
    await expect(readFile(target)).rejects.toThrow('ENOENT');
    const [collected, again] = await Promise.all([call(one, 'countersign_result', { handle, waitMs: 10_000 }), call(one, 'countersign_result', { handle, waitMs: 10_000 })]);
    expect(collected.isError ?? again.isError).toBeFalsy();
    expect(await readFile(target, 'utf8')).toBe('later');
    expect((await call(one, 'countersign_result', { handle })).isError).toBe(true);
  });

  it('asks once for a call whose caller gave up waiting and called again', async () => {
    const client = await (await overHttp({ waitMs: 1_000 })).client();
    const args = { path: path.join(docs, 'slow.txt'), content: 'x' };
    expect(text(await call(client, 'write_file', args))).toMatch(/still stands/);
    const second = call(client, 'write_file', args);
    await decidePending('approve');
    expect((await second).isError).toBeFalsy();
    const { sql } = await import('@/lib/db');
    const rows = await sql.rows(`SELECT id FROM approval WHERE agent_id = $1 AND title LIKE '%slow.txt%'`, [agent.clientId]);
    expect(rows).toHaveLength(1);
  });

  it('ends a call and its child when the session is stopped, and refuses every later one', async () => {
    agent = await gateway.agent('odd two', [{ toolset: 'knowledge_base', operations: ['*'], scope: '**' }], { enforced: true });
    const marker = path.join(folder, 'late-effect');
    const proxy = await overHttp({ servers: { odd: { command: process.execPath, args: [path.join(import.meta.dirname, '../testing/odd-mcp-server.mjs'), marker], tools: { slow: { as: 'search_articles' }, env: { as: 'search_articles' } } } } });
    const client = await proxy.client();
    const slow = call(client, 'slow', { query: 'x' });
    await vi.waitFor(async () => expect(await readFile(marker, 'utf8')).toBe('began'), { timeout: 30_000 });
    const { engageSwitch, signAndFence, StandingReader, workOffSwitches, controlKeysFrom } = await import('@/lib/switches');
    const order = await engageSwitch(boss, { scope: 'agent', target: agent.clientId });
    const keys = controlKeysFrom(gateway.keys);
    await signAndFence(gateway.host, new StandingReader(keys, () => performance.now()), keys, gateway.keys.signingKey('control/order'));
    await workOffSwitches(gateway.host, [order.id], keys);
    const result = await slow;
    expect(result.isError).toBe(true);
    expect(text(result)).toMatch(/stopped/);
    expect(text(await call(client, 'env', { query: 'x' }))).toMatch(/stopped/);
    const pid = Number(await readFile(`${marker}.pid`, 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 30_000 });
    expect(await readFile(marker, 'utf8')).toBe('began');
  });
});

it('prints what the child says of its tools as registry entries', async () => {
  const stdout = new PassThrough();
  const code = await runMcpProxy(['--print-registry', await configFile()], { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: env(), signal: new AbortController().signal });
  expect(code).toBe(0);
  const { tools } = JSON.parse(String(stdout.read())) as { tools: Record<string, unknown>[] };
  expect(tools.find(({ name }) => name === 'read_text_file')).toMatchObject({ toolset: 'files', operation: 'read', resource: '/path', classes: ['read-only', 'data-access'], formats: { '/path': 'path' }, redeem: 'optional' });
  expect(tools.find(({ name }) => name === 'write_file')).toMatchObject({ operation: 'write', resource: '/path', classes: ['internal-write', 'destructive'], redeem: 'required' });
  const move = tools.find(({ name }) => name === 'move_file');
  expect(move).toMatchObject({ formats: { '/source': 'path', '/destination': 'path' } });
  expect(move).not.toHaveProperty('resource');
});
