import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '@/lib/project-root';
import { startEmbedded, type EmbeddedServer } from './embedded';
import { isAlive } from './embedded-postmaster';

const folders: string[] = [];
const servers: EmbeddedServer[] = [];
const isRoot = process.getuid?.() === 0;

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-embedded-'));
  folders.push(folder);
  return folder;
}

async function start(dataDir: string): Promise<EmbeddedServer> {
  const server = await startEmbedded({ dataDir, durable: false });
  servers.push(server);
  return server;
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try { return (await client.query(text)).rows; } finally { await client.end(); }
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Starts a server from a process of its own and kills that process the hard way, as a crash would. */
function startAndDie(dataDir: string): Promise<{ pid: number }> {
  const script = `const { startEmbedded } = await import(${JSON.stringify(path.join(projectRoot(), 'lib/db/embedded.ts'))});
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
    process.stdout.write(JSON.stringify({ pid: server.pid }) + '\\n'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: projectRoot(), stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let said: { pid: number } | undefined;
    child.stdout.on('data', (chunk: Buffer) => { said = JSON.parse(chunk.toString()) as { pid: number }; child.kill('SIGKILL'); });
    child.once('close', () => (said ? resolve(said) : reject(new Error('The starter ended before its server ran.'))));
  });
}

describe('startEmbedded', () => {
  it('makes a database that keeps its data, its port and its password over a restart', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    await ask(first.superuserUrl(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start(dataDir);
    expect(second).toMatchObject({ adopted: false, port: first.port });
    expect(await ask(second.superuserUrl(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('listens on loopback alone, asks for the password, and keeps it to its owner', async () => {
    const dataDir = newFolder();
    const server = await start(dataDir);
    expect(await ask(server.superuserUrl(), `SELECT current_setting('listen_addresses') AS l, current_setting('unix_socket_directories') AS u`)).toEqual([{ l: '127.0.0.1', u: '' }]);
    await expect(ask(`postgresql://postgres:guess@127.0.0.1:${server.port}/postgres`, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(path.join(dataDir, 'database.json')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    if (isRoot) expect(statSync(path.join(dataDir, 'postgres')).uid).not.toBe(0);
  });

  it('takes over the server that outlived a killed starter', async () => {
    const dataDir = newFolder();
    const { pid } = await startAndDie(dataDir);
    expect(isAlive(pid)).toBe(true);
    const server = await start(dataDir);
    expect(server).toMatchObject({ adopted: true, pid });
    expect(await ask(server.superuserUrl(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('lets two that start at once share one database', async () => {
    const dataDir = newFolder();
    const [, { pid }] = await Promise.all([start(dataDir), startAndDie(dataDir)]);
    const third = await start(dataDir);
    expect(third).toMatchObject({ adopted: true, pid });
    expect(await ask(third.superuserUrl(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('recovers after the server itself was killed, with what was committed', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    await ask(first.superuserUrl(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await ask(first.superuserUrl(), 'CHECKPOINT');
    process.kill(first.pid, 'SIGKILL');
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(await ask(second.superuserUrl(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('moves to another port when its own was taken meanwhile', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    await first.stop();
    const taker = createServer();
    await new Promise<void>((resolve) => taker.listen(first.port, '127.0.0.1', resolve));
    try {
      const second = await start(dataDir);
      expect(second.port).not.toBe(first.port);
    } finally {
      await new Promise((resolve) => taker.close(resolve));
    }
  });

  it('refuses a server that holds the folder and does not know its password', async () => {
    const dataDir = newFolder();
    const server = await start(dataDir);
    const file = path.join(dataDir, 'database.json');
    const own = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(own) as object, superuser: 'another' }));
    await expect(startEmbedded({ dataDir })).rejects.toThrow(`Another Postgres (process ${server.pid})`);
    writeFileSync(file, own);
  });

  it('says what to do about a database without its password file, and about another version', async () => {
    const dataDir = newFolder();
    await (await start(dataDir)).stop();
    const file = path.join(dataDir, 'database.json');
    const own = readFileSync(file, 'utf8');
    rmSync(file);
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/Restore that file from a backup/);
    writeFileSync(file, own, { mode: 0o600 });
    writeFileSync(path.join(dataDir, 'postgres', 'cluster', 'PG_VERSION'), '15\n');
    await expect(startEmbedded({ dataDir })).rejects.toThrow(/written by Postgres 15/);
  });

  it.runIf(isRoot)('names the closed folder that its own user cannot pass', async () => {
    const outer = newFolder();
    chmodSync(outer, 0o700);
    await expect(startEmbedded({ dataDir: path.join(outer, 'data') })).rejects.toThrow(`may not enter ${outer}`);
  });

  it.skipIf(isRoot)('says that a folder cannot be written', async () => {
    const outer = newFolder();
    mkdirSync(path.join(outer, 'closed'), { mode: 0o500 });
    await expect(startEmbedded({ dataDir: path.join(outer, 'closed', 'data') })).rejects.toThrow(/cannot be written[\s\S]*DATA_DIR/);
  });
});
