import { createHmac } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, sql, sqlTransaction } from '@/lib/db';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { organisationEvent } from '../event';
import { record } from '../record';
import { Checkpoints } from '../sign-checkpoint';
import { readAnchor } from '../verify-anchor';
import { fileAnchor, heldAgainstFile, type SetBack } from './file-anchor';
import { webhookAnchor } from './webhook-anchor';

let db: TestDatabase;
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-anchors-'));
const keys = new FileKeys({ folder: path.join(folder, 'keys'), holds: ['checkpoint'] });
const ctx = makeContext({ kind: 'system', process: 'worker' });
const checkpoints = new Checkpoints(keys, () => {});
async function sign() {
  await sqlTransaction((tx) => record(tx, ctx, [organisationEvent('demo.started', { runId: 'x' })]));
  return checkpoints.sign(ctx);
}

beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.urlAs('worker');
});
afterAll(async () => {
  await closePools();
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the file', () => {
  const file = path.join(folder, 'anchor', 'checkpoints.ndjson');
  const found: SetBack[] = [];
  const anchor = fileAnchor(file, async (what) => { found.push(what); });
  const kept = () => readAnchor(readFileSync(file, 'utf8'), keys.verificationKeys('checkpoint'));

  it('holds every checkpoint once, also with two that write to it and after a torn line', async () => {
    for (let i = 0; i < 3; i++) await sign();
    await Promise.all([anchor.handOver(), fileAnchor(file, async () => {}).handOver()]);
    expect(kept()).toMatchObject({ last: 3, findings: [] });
    appendFileSync(file, '{"at":"2026-01');
    await sign();
    await anchor.handOver();
    expect(kept()).toMatchObject({ last: 4, findings: [] });
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(4);
    expect(await sql.rows(`SELECT 1 FROM log.anchor_receipt WHERE anchor = 'file' AND ok`)).toHaveLength(4);
    expect(found).toEqual([]);
  });

  it('tells when the database is older than itself, keeps what it knows aside, and begins anew', async () => {
    const ahead = { ...JSON.parse(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)!) as object, index: 9, hash: 'f'.repeat(64) };
    appendFileSync(file, `${JSON.stringify(ahead)}\n`);
    // Control asks the same at its boot, and leaves the file to the worker.
    const before = readFileSync(file, 'utf8');
    expect(await heldAgainstFile(sql, file)).toEqual({ anchored: 9, database: 4 });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(await heldAgainstFile(sql, path.join(folder, 'none'))).toBeUndefined();
    await anchor.handOver();
    expect(found).toEqual([{ anchored: 9, database: 4 }]);
    expect(await heldAgainstFile(sql, file)).toBeUndefined();
    await anchor.handOver();
    expect(kept()).toMatchObject({ last: 4, findings: [] });
    expect(readdirSync(path.dirname(file)).filter((name) => name.includes('.before-'))).toHaveLength(1);
    await sign();
    await anchor.handOver();
    expect(found).toHaveLength(1);
  });

  it('tells when the same index holds another checkpoint', async () => {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1)!) as { hash: string };
    writeFileSync(file, `${[...lines.slice(0, -1), JSON.stringify({ ...last, hash: 'e'.repeat(64) })].join('\n')}\n`);
    await anchor.handOver();
    expect(found.at(-1)).toEqual({ anchored: 5, database: 5 });
  });
});

describe('the webhook', () => {
  it('gets every checkpoint in order, signed, and again what it did not take', async () => {
    const got: { index: number }[] = [];
    const failures: string[] = [];
    let failing = 2;
    const secret = 's'.repeat(32);
    const server = http.createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
      const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['countersign-signature'])) ?? [];
      const genuine = mac === createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
      if (!genuine || failing-- > 0) { response.writeHead(503).end(); return; }
      got.push(...(JSON.parse(body) as { checkpoints: { index: number }[] }).checkpoints);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kept`;
    const anchor = webhookAnchor({ url, secret, allowLoopback: true, onFailed: (detail) => failures.push(detail) });
    await sign();
    expect([await anchor.handOver(), await anchor.handOver()]).toEqual([1_000, 2_000]);
    expect(failures).toEqual(['it answered 503', 'it answered 503']);
    await anchor.handOver();
    await sign();
    await Promise.all([anchor.handOver(), webhookAnchor({ url, secret, allowLoopback: true, onFailed: () => {} }).handOver()]);
    const all = (await sql.rows<{ idx: number }>('SELECT idx::int FROM log.checkpoint ORDER BY idx')).map(({ idx }) => idx);
    expect(got.map(({ index }) => index)).toEqual(all);
    expect(await sql.rows(`SELECT 1 FROM log.anchor_receipt WHERE anchor = 'webhook' AND NOT ok`)).toHaveLength(2);
    server.close();
    // An address inside is refused before anything leaves, and that is a failure like any other.
    await sign();
    expect(await webhookAnchor({ url: 'https://169.254.169.254/', secret, allowLoopback: false, onFailed: (detail) => failures.push(detail) }).handOver()).toBe(1_000);
    expect(failures.at(-1)).toMatch(/not called/);
  });
});
