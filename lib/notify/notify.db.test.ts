// Long because each part needs the database, a receiver and a channel, and one database serves them all.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf, sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { startJobs, type RunningJobs } from '@/lib/jobs';
import { retireKey, rewrapKeys, rotateKey, sealedChannels, type Holding } from '@/lib/keys';
import { record, sessionEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertPerson } from '@/lib/testing/fleet';
import { startWorker } from '@/lib/testing/running-worker';
import { changeChannel } from './change-channel';
import { closeWindows } from './close-windows';
import { createChannel } from './create-channel';
import { discardNotice, retryNotice } from './dead-letters';
import { claimDue, deliver } from './deliver';
import { followLog } from './follow-log';
import { sendMail } from './kinds/email';
import { registerNotifyMetrics } from './metrics';
import { NotifyKeeper } from './notify-keeper';
import { listChannels, listNotices, toldOf } from './queries';
import { removeChannel } from './remove-channel';
import { rotateSecret } from './rotate-secret';
import { verifySignature } from './signature';
import { giveUpStale, sweepNotices } from './sweep-notices';
import { testChannel } from './test-channel';
import { ask, here, settleAsk, startMailSink, startReceiver } from './testing';
import type { ChannelSettings } from './schema';

let db: TestDatabase;
let ada: Context;
const worker = makeContext({ kind: 'system', process: 'worker' });
const owner = () => sqlOf(pool(db.url));
const running: { jobs: RunningJobs; keeper: NotifyKeeper }[] = [];
const closing: (() => void)[] = [];
const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-notify-'));

const as = (role: 'console' | 'worker') => { process.env.DATABASE_URL = db.urlAs(role); };
beforeAll(async () => {
  process.env.OUTBOUND_ALLOW_HOSTS = '127.0.0.1';
  process.env.DATA_DIR = dataDir;
  db = await createTestDatabase();
  const person = await insertPerson(owner(), 'Ada', ['admin']);
  const signInId = newId();
  await owner().rows(`INSERT INTO sign_in (id, person_id, expires_at) VALUES ($1, $2, now() + interval '1 day')`, [signInId, person.id]);
  ada = makeContext({ ...person, signInId } as Context['actor']);
  as('worker');
});
// Other tests' transactions on the same server hold the feed back: to its end, or a test would meet what the one before had written.
beforeEach(() => followAll([]));
afterEach(async () => {
  for (const { jobs, keeper } of running.splice(0)) { await jobs.stop(); await keeper.stop(); }
  for (const close of closing.splice(0)) close();
  await owner().rows(`UPDATE channel SET removed_at = now(), default_page = false; `);
  await owner().rows(`UPDATE notice SET state = 'discarded', done_at = now() WHERE state IN ('waiting', 'grouped')`);
  await owner().rows('DELETE FROM notice_window');
  await owner().rows(`UPDATE alert SET state = 'closed', closed_as = 'true', closed_at = now() WHERE state <> 'closed'`);
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

let n = 0;
/** A channel made by an administrator in the console; the worker's grants again afterwards. */
async function webhook(url: string, more: Partial<ChannelSettings> = {}, defaultPage = false) {
  const name = `hook-${++n}`;
  as('console');
  const made = await createChannel(ada, { name, target: { kind: 'webhook', address: `${url}/hook?key=very-secret` }, settings: { groupSeconds: 0, ...more }, defaultPage });
  as('worker');
  return { name, ...made };
}
const inConsole = async <T>(work: () => Promise<T>): Promise<T> => { as('console'); try { return await work(); } finally { as('worker'); } };
const receiver = async () => { const one = await startReceiver(); closing.push(one.close); return one; };
const startWorkers = async (count: number) => {
  for (let i = 0; i < count; i++) {
    const keeper = new NotifyKeeper({ ctx: worker, logger: pino({ level: 'silent' }), classesOf: (tool) => (tool === 'send_email' ? ['external-communication'] : []), rules: here });
    running.push({ keeper, jobs: await startJobs(keeper.jobs, pino({ level: 'silent' })) });
  }
};
const soon = (check: () => Promise<void> | void, timeout = 30_000) => vi.waitFor(check, { timeout, interval: 20 });
const followAll = async (classes = ['external-communication']) => { for (;;) { const round = await followLog(worker, () => classes); if (!round.full && !round.unsettled) return; await wait(5); } };
/** One round of the worker, in this process: everything that is due is sent once. */
const deliverDue = async () => { const due = await claimDue(50); return Promise.all(due.map((one) => deliver(worker, one, here, () => 0.5))); };
const noticesOf = (channelId: string) => owner().rows<{ id: string; subject: string; moment: string; state: string; attempts: number; last_error: string | null; due_at: Date }>('SELECT id, subject, moment, state, attempts, last_error, due_at FROM notice WHERE channel_id = $1 ORDER BY place', [channelId]);
const events = async (type: string, name: string) => (await owner().rows<{ body: string }>('SELECT body FROM log.event WHERE type = $1 ORDER BY xid, seq', [type])).map(({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data).filter((data) => (data.channel ?? data.name ?? data.about) === name);
const dueNow = (channelId: string) => owner().rows(`UPDATE notice SET due_at = clock_timestamp() - interval '1 second' WHERE channel_id = $1 AND state = 'waiting'`, [channelId]);

describe('a webhook', () => {
  it('is told of the ask and of its end, signed, in order and once each, by two workers at once', async () => {
    const at = await receiver();
    const hook = await webhook(at.url);
    await startWorkers(2);
    const ids = [...await ask(db.url, { notify: [hook.name] }, 'Send to a@b.example\u202e', 20)];
    await settleAsk(db.url, ids);
    await soon(() => { expect(at.got).toHaveLength(40); });
    for (const one of at.got) expect(verifySignature(hook.signingSecret!, String(one.headers['countersign-signature']), one.text, new Date())).toBe(true);
    for (const id of ids) expect(at.got.filter(({ body }) => body.approvalId === id).map(({ body }) => body.type)).toEqual(['approval.asked', 'approval.resolved']);
    expect(new Set(at.got.map(({ body }) => body.id)).size).toBe(40);
    expect(at.got.find(({ body }) => body.approvalId === ids[0])!.body).toMatchObject({ version: 1, environment: 'local', channel: hook.name, risk: 'high', tool: 'send_email', classes: ['external-communication'], routes: ['desk'], title: 'Send to a@b.example\\u{202e}', url: `http://localhost:3000/approvals/${ids[0]}` });
    expect(at.got.find(({ body }) => body.type === 'approval.resolved')!.body).toMatchObject({ outcome: 'denied', by: 'Ada' });
    await soon(async () => { expect((await noticesOf(hook.id)).every(({ state, attempts }) => state === 'delivered' && attempts === 1)).toBe(true); });
    expect(await inConsole(() => toldOf(ada, ids[0]!))).toMatchObject([{ channel: hook.name, kind: 'webhook', moment: 'asked' }]);
    expect(await events('notice.delivered', hook.name)).toHaveLength(40);
    // Looked at again, nothing is made again.
    await followAll();
    expect(await noticesOf(hook.id)).toHaveLength(40);
  });

  it('gets the same id again where the worker died with it in hand, and then no more', async () => {
    const at = await receiver();
    const hook = await webhook(at.url);
    await ask(db.url, { notify: [hook.name] });
    await followAll();
    // It was sent, and then the process was gone before it could say so.
    const [taken] = await claimDue(10);
    await deliver(worker, taken!, here);
    await owner().rows(`UPDATE notice SET state = 'waiting', done_at = NULL, lease_until = clock_timestamp() + interval '50 milliseconds' WHERE id = $1`, [taken!.id]);
    expect(await claimDue(10)).toEqual([]);
    await startWorkers(2);
    await soon(() => { expect(at.got).toHaveLength(2); });
    expect(at.got[1]!.body.id).toBe(at.got[0]!.body.id);
    await soon(async () => { expect(await noticesOf(hook.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]); });
    // Whose lease was taken over cannot settle it any more.
    await deliver(worker, taken!, here);
    expect(await noticesOf(hook.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('gets the same id again where the process itself is killed while the receiver has it', async () => {
    const at = await receiver();
    at.answers(() => {});
    const hook = await webhook(at.url);
    const settings = { dataDir, env: { OUTBOUND_ALLOW_HOSTS: '127.0.0.1' } };
    const first = await startWorker(db.urlAs('worker'), settings);
    await ask(db.url, { notify: [hook.name] });
    await soon(() => { expect(at.got).toHaveLength(1); });
    await first.stop('SIGKILL');
    expect(await noticesOf(hook.id)).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    at.answers((_got, response) => void response.end());
    const second = await startWorker(db.urlAs('worker'), settings);
    try {
      // Held until the lease of the one that died is over; then it is the other's.
      expect(await claimDue(10)).toEqual([]);
      await owner().rows(`UPDATE notice SET lease_until = clock_timestamp() - interval '1 second' WHERE channel_id = $1`, [hook.id]);
      await soon(async () => { expect(await noticesOf(hook.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]); });
      expect(at.got.map(({ body }) => body.id)).toEqual([at.got[0]!.body.id, at.got[0]!.body.id]);
    } finally {
      await second.stop('SIGKILL');
    }
  }, 90_000);

  it('is tried again after a failure, later each time, and nothing of its subject overtakes it', async () => {
    const at = await receiver();
    at.answers((_got, response) => { response.statusCode = 500; response.end('secret of theirs'); });
    const hook = await webhook(at.url);
    const [id] = await ask(db.url, { notify: [hook.name] });
    await settleAsk(db.url, [id!], 'expired');
    await followAll();
    await deliverDue();
    const [asked, resolved] = await noticesOf(hook.id);
    expect([asked, resolved]).toMatchObject([{ moment: 'asked', state: 'waiting', attempts: 1, last_error: 'It answered 500.' }, { moment: 'resolved', state: 'waiting', attempts: 0 }]);
    expect(asked!.due_at.getTime() - Date.now()).toBeGreaterThan(3_000);
    expect(await claimDue(10)).toEqual([]);
    at.answers((_got, response) => void response.end());
    await dueNow(hook.id);
    await deliverDue();
    await deliverDue();
    expect(at.got.map(({ body }) => body.type)).toEqual(['approval.asked', 'approval.asked', 'approval.resolved']);
    expect(at.got[0]!.body.id).toBe(at.got[1]!.body.id);
  });

  it('that hangs, redirects, answers without end or leads inside harms nobody, and each is told apart', async () => {
    const at = await receiver();
    at.answers(({ path }, response) => {
      if (path.startsWith('/redirect')) response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
      else if (path.startsWith('/endless')) { const more = () => { while (response.writable && response.write('x'.repeat(65_536))); }; response.on('drain', more).on('error', () => {}); more(); }
      else if (!path.startsWith('/hang')) response.end();
    });
    const made = await inConsole(async () => Promise.all(['redirect', 'endless', 'hang'].map((path) => createChannel(ada, { name: `odd-${path}`, target: { kind: 'webhook', address: `${at.url}/${path}` }, settings: { groupSeconds: 0 } }))));
    // Names that lead to this machine are refused when they are looked up, whatever the form took them for.
    const inside = await inConsole(() => createChannel(ada, { name: 'odd-inside', target: { kind: 'webhook', address: 'https://localhost/hook' }, settings: { groupSeconds: 0 } }));
    const good = await webhook(at.url);
    await ask(db.url, { notify: ['odd-redirect', 'odd-endless', 'odd-hang', 'odd-inside', good.name] });
    await followAll();
    await startWorkers(1);
    await soon(async () => { expect(await noticesOf(good.id)).toMatchObject([{ state: 'delivered' }]); });
    // The one that hangs holds nobody up: it is still being waited for.
    expect(await noticesOf(made[2]!.id)).toMatchObject([{ last_error: null }]);
    await soon(async () => { expect(await noticesOf(made[2]!.id)).toMatchObject([{ state: 'waiting', last_error: expect.stringContaining('did not answer within 10 s') }]); });
    expect(await noticesOf(made[0]!.id)).toMatchObject([{ state: 'dead', last_error: expect.stringContaining('a redirect, which is not followed') }]);
    expect(await noticesOf(made[1]!.id)).toMatchObject([{ state: 'waiting', last_error: expect.stringContaining('more than 16384 bytes') }]);
    expect(await noticesOf(inside.id)).toMatchObject([{ state: 'dead', last_error: expect.stringMatching(/address inside/) }]);
    expect(at.got.filter(({ path }) => path.includes('latest'))).toEqual([]);
  }, 40_000);

  it('that cannot be sent by us says so to the operator, without what the error carries', async () => {
    const hook = await webhook((await receiver()).url);
    await ask(db.url, { notify: [hook.name] });
    await followAll();
    const lines: string[] = [];
    const broken = { get policy(): never { throw Object.assign(new Error('no rules'), { input: 'https://very-secret.example' }); } };
    const keeper = new NotifyKeeper({ ctx: worker, logger: pino({}, { write: (line: string) => void lines.push(line) }), classesOf: () => [], rules: broken });
    await keeper.jobs.find(({ name }) => name === 'tell people')!.run();
    await soon(async () => { expect(await noticesOf(hook.id)).toMatchObject([{ state: 'waiting', last_error: 'Sending it failed on our side; the worker’s log says more.' }]); });
    expect(lines.join('\n')).toContain('no rules');
    expect(lines.join('\n')).not.toContain('very-secret');
  });

  it('keeps its address and secret sealed, signs with two while one is rotated, and with one afterwards', async () => {
    const at = await receiver();
    const hook = await webhook(at.url);
    const rows = await owner().rows<{ all: string }>(`SELECT string_agg(row_to_json(s)::text, ' ') || (SELECT string_agg(row_to_json(c)::text, ' ') FROM channel c) || (SELECT string_agg(body, ' ') FROM log.event WHERE type LIKE 'channel.%') AS all FROM channel_secret s`);
    expect(rows[0]!.all).not.toContain('very-secret');
    expect(rows[0]!.all).not.toContain(hook.signingSecret!.slice(9));
    const rotated = await inConsole(() => rotateSecret(ada, { channelId: hook.id, overlapHours: 24 }));
    expect(Date.parse(rotated.overlapUntil!) - Date.now()).toBeGreaterThan(23 * 60 * 60_000);
    await expect(inConsole(() => rotateSecret(ada, { channelId: hook.id }))).rejects.toMatchObject({ code: 'conflict' });
    await inConsole(() => testChannel(ada, { channelId: hook.id }));
    await deliverDue();
    const [first] = at.got;
    const header = String(first!.headers['countersign-signature']);
    expect(header.match(/v1=/g)).toHaveLength(2);
    expect([hook.signingSecret!, rotated.signingSecret!].every((secret) => verifySignature(secret, header, first!.text, new Date()))).toBe(true);
    const last = await inConsole(() => rotateSecret(ada, { channelId: hook.id, overlapHours: 0 }));
    await inConsole(() => testChannel(ada, { channelId: hook.id }));
    await deliverDue();
    const after = String(at.got[1]!.headers['countersign-signature']);
    expect([hook.signingSecret!, rotated.signingSecret!, last.signingSecret!].map((secret) => verifySignature(secret, after, at.got[1]!.text, new Date()))).toEqual([false, false, true]);
    expect(await events('channel.secret_rotated', hook.name)).toMatchObject([{ what: 'signing', overlapUntil: rotated.overlapUntil }, { what: 'signing', overlapUntil: null }]);
  });
});

describe('mail', () => {
  it('is text first, to every mailbox, with nothing of a hostile title in its headers', async () => {
    const sink = await startMailSink();
    closing.push(sink.close);
    const made = await inConsole(() => createChannel(ada, { name: 'mail', target: { kind: 'email', password: 'p' }, settings: { groupSeconds: 0, to: ['one@example.org', 'two@example.org'], from: 'countersign@example.org', smtp: { host: '127.0.0.1', port: sink.port, security: 'plain' } } }));
    const [id] = await ask(db.url, { notify: ['mail'] }, 'x\r\nBcc: evil@example.org\r\n\r\n<img src=x onerror=alert(1)>');
    await followAll();
    expect(await deliverDue()).toEqual([{ ok: true, status: 250 }]);
    const [mail] = sink.mails;
    expect(mail).toMatchObject({ from: 'countersign@example.org', to: ['one@example.org', 'two@example.org'] });
    const [head, rest] = [mail!.data.slice(0, mail!.data.indexOf('\r\n\r\n')), mail!.data.slice(mail!.data.indexOf('\r\n\r\n'))];
    expect(head).toMatch(/^Subject: .*High risk/m);
    expect(head).not.toMatch(/^Bcc/mi);
    expect(head).toMatch(/multipart\/alternative/);
    expect(rest.indexOf('text/plain')).toBeLessThan(rest.indexOf('text/html'));
    expect(rest.slice(rest.indexOf('text/html'))).not.toContain('<img');
    expect(rest.replaceAll('=\r\n', '')).toContain(`/approvals/${id}`);
    expect(await noticesOf(made.id)).toMatchObject([{ state: 'delivered' }]);
  });

  it('goes to no machine inside that nobody named, and never without TLS to the world', async () => {
    const made = await inConsole(async () => Promise.all(([['inside', { host: 'localhost', port: 25, security: 'starttls' }], ['bare', { host: 'smtp.example.org', port: 25, security: 'plain' }], ['meta', { host: '169.254.169.254', port: 25, security: 'tls' }]] as const)
      .map(([name, smtp]) => createChannel(ada, { name: `mail-${name}`, target: { kind: 'email' }, settings: { groupSeconds: 0, to: ['one@example.org'], from: 'a@example.org', smtp } }))));
    await ask(db.url, { notify: ['mail-inside', 'mail-bare', 'mail-meta'] });
    await followAll();
    await deliverDue();
    for (const [{ id }, error] of [[made[0]!, 'address inside'], [made[1]!, 'without TLS'], [made[2]!, 'address inside']] as const) expect(await noticesOf(id)).toMatchObject([{ state: 'dead', last_error: expect.stringContaining(error) }]);
  });

  it('keeps nothing of its password unsealed, however short it is, and says how it ends to nobody', async () => {
    const made = await inConsole(() => createChannel(ada, { name: 'mail-short', target: { kind: 'email', password: 'abcd' }, settings: { to: ['one@example.org'], from: 'a@example.org', smtp: { host: 'smtp.example.org', port: 587, security: 'starttls', user: 'u' } } }));
    await inConsole(() => rotateSecret(ada, { channelId: made.id, word: 'wxyz' }));
    const [row] = await owner().rows<{ all: string }>('SELECT row_to_json(s)::text AS all FROM channel_secret s WHERE channel_id = $1', [made.id]);
    expect(row!.all).not.toMatch(/abcd|wxyz/);
    expect(JSON.stringify(await inConsole(() => listChannels(ada)))).not.toMatch(/abcd|wxyz/);
  });

  it('has its password forgotten where its server is another one', async () => {
    const settings = { groupSeconds: 0, to: ['one@example.org'], from: 'a@example.org', smtp: { host: 'smtp.example.org', port: 587, security: 'starttls' as const, user: 'u' } };
    const made = await inConsole(() => createChannel(ada, { name: 'mail-turned', target: { kind: 'email', password: 'theirs' }, settings }));
    const kept = () => owner().rows('SELECT 1 FROM channel_secret WHERE channel_id = $1', [made.id]);
    await inConsole(() => changeChannel(ada, { channelId: made.id, settings: { ...settings, to: ['two@example.org'] }, defaultPage: false }));
    expect(await kept()).toHaveLength(1);
    await inConsole(() => changeChannel(ada, { channelId: made.id, settings: { ...settings, smtp: { ...settings.smtp, host: 'smtp.elsewhere.example' } }, defaultPage: false }));
    expect(await kept()).toEqual([]);
  });

  it('to a server that talks without end is ended, and holds nobody up', async () => {
    const server = createServer((socket) => { const more = () => { while (socket.writable && socket.write(Buffer.alloc(65_536, 'x'))); }; socket.on('drain', more).on('error', () => {}); more(); });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const error = await sendMail({ from: 'a@example.org', to: ['b@example.org'], subject: 's', text: 't', html: 'h', messageId: '<1@x>', headers: {} }, { host: '127.0.0.1', port: (server.address() as AddressInfo).port, security: 'plain', rules: { allowLoopback: true } });
    expect(error).toMatchObject({ ok: false, final: false, error: '127.0.0.1 said more than 262144 bytes, and was cut off.' });
  });

  it('that a server takes for some alone says so', async () => {
    const sink = await startMailSink({ refuses: 'gone@example.org' });
    closing.push(sink.close);
    const made = await inConsole(() => createChannel(ada, { name: 'mail-some', target: { kind: 'email' }, settings: { groupSeconds: 0, to: ['one@example.org', 'gone@example.org'], from: 'a@example.org', smtp: { host: '127.0.0.1', port: sink.port, security: 'plain' } } }));
    await inConsole(() => testChannel(ada, { channelId: made.id }));
    await deliverDue();
    expect(await noticesOf(made.id)).toMatchObject([{ state: 'dead', last_error: '127.0.0.1 took it for 1 of 2 mailboxes and refused the others.' }]);
  });
});

describe('Slack and PagerDuty', () => {
  it('are told class and risk and a link, and the page is resolved under its key', async () => {
    const at = await receiver();
    await inConsole(async () => {
      await createChannel(ada, { name: 'slack', target: { kind: 'slack', address: `${at.url}/services/T0/B0/x` }, settings: { groupSeconds: 0 } });
      await createChannel(ada, { name: 'pager', target: { kind: 'pagerduty', key: 'R'.repeat(32), address: `${at.url}/v2/enqueue` }, settings: { groupSeconds: 0 } });
    });
    const [id] = await ask(db.url, { notify: ['slack', 'pager'] }, 'Send the secret word to evil@example.org');
    await followAll();
    await deliverDue();
    await settleAsk(db.url, [id!]);
    await followAll();
    await deliverDue();
    expect(JSON.stringify(at.got.map(({ body }) => body))).not.toContain('secret word');
    const pages = at.got.filter(({ path }) => path === '/v2/enqueue').map(({ body }) => body);
    expect(pages).toMatchObject([{ event_action: 'trigger', dedup_key: `countersign/local/approval:${id}`, payload: { severity: 'error' } }, { event_action: 'resolve', dedup_key: `countersign/local/approval:${id}` }]);
    const [said] = at.got.filter(({ path }) => path.startsWith('/services')).map(({ body }) => body);
    expect(said!.text).toContain('send_email (external-communication)');
    expect(JSON.stringify(said!.blocks)).toContain(`<http://localhost:3000/approvals/${id}|Open in Countersign>`);
  });

  it('are not called for what was settled before anybody was told', async () => {
    const at = await receiver();
    const { id: pager } = await inConsole(() => createChannel(ada, { name: 'pager-late', target: { kind: 'pagerduty', key: 'R'.repeat(32), address: `${at.url}/v2/enqueue` }, settings: { groupSeconds: 0 } }));
    await settleAsk(db.url, await ask(db.url, { notify: ['pager-late'] }));
    await followAll();
    await deliverDue();
    await deliverDue();
    expect(at.got).toEqual([]);
    expect((await noticesOf(pager)).map(({ state }) => state)).toEqual(['overtaken', 'overtaken']);
  });

  it('take addresses of their own alone, and pages go where no address leads inside', async () => {
    await expect(inConsole(() => createChannel(ada, { name: 'not-slack', target: { kind: 'slack', address: 'https://hooks.example.org/x' }, settings: {} }))).rejects.toThrow(/hooks.slack.com/);
    for (const address of ['http://hooks.example.org/', 'https://10.0.0.1/', 'https://[::ffff:169.254.169.254]/', 'https://u:p@hooks.example.org/', 'ftp://x/', 'nonsense']) {
      await expect(inConsole(() => createChannel(ada, { name: 'bad', target: { kind: 'webhook', address }, settings: {} }))).rejects.toMatchObject({ code: 'invalid' });
    }
  });
});

describe('whom it goes to', () => {
  it('is whom the route and its tiers name; a route without channels is silent, and a name that nobody has goes to the default page', async () => {
    const at = await receiver();
    const [first, second, page] = [await webhook(at.url), await webhook(at.url), await webhook(at.url, {}, true)];
    const [id] = await ask(db.url, { notify: [first.name], escalation: [{ notify: [second.name] }] });
    await ask(db.url, {});
    await ask(db.url, { notify: ['no-such-channel'] });
    const [row] = await owner().rows<{ sessionId: string }>('SELECT session_id AS "sessionId" FROM approval WHERE id = $1', [id]);
    await sqlTransaction((tx) => record(tx, worker, [
      sessionEvent(row!.sessionId, 'approval.escalated', { approvalId: id!, actionId: id!, to: 'admin' }),
      sessionEvent(row!.sessionId, 'approval.route_unmet', { approvalId: id!, actionId: id!, routes: ['desk'], what: 'Two of payments, and one is there.', escalatedTo: null, findings: [] }),
    ]), db.url);
    await followAll();
    expect((await noticesOf(first.id)).map(({ moment }) => moment)).toEqual(['asked']);
    expect((await noticesOf(second.id)).map(({ moment }) => moment)).toEqual(['escalated:1']);
    expect((await noticesOf(page.id)).map(({ moment }) => moment)).toEqual(['asked', 'unmet']);
    await settleAsk(db.url, [id!]);
    await followAll();
    expect((await noticesOf(second.id)).map(({ moment }) => moment)).toEqual(['escalated:1', 'resolved']);
  });

  it('waits for the end of quiet hours, unless it is critical', async () => {
    const at = await receiver();
    const hour = new Date().getUTCHours();
    const clock = (h: number) => `${String((h + 24) % 24).padStart(2, '0')}:00`;
    const hook = await webhook(at.url, { quiet: { from: clock(hour - 1), to: clock(hour + 2), timeZone: 'UTC' } });
    await ask(db.url, { notify: [hook.name], risk: 'high' });
    await ask(db.url, { notify: [hook.name], risk: 'critical' });
    await followAll();
    await deliverDue();
    expect(at.got.map(({ body }) => body.risk)).toEqual(['critical']);
    const [held] = await noticesOf(hook.id);
    expect(held!.due_at.getTime() - Date.now()).toBeGreaterThan(59 * 60_000);
  });
});

describe('a flood', () => {
  it('of two thousand asks is one page and one that counts the others, and both end', async () => {
    const at = await receiver();
    const { id: channelId } = await inConsole(() => createChannel(ada, { name: 'pager-flood', target: { kind: 'pagerduty', key: 'R'.repeat(32), address: `${at.url}/v2/enqueue` }, settings: { groupSeconds: 60 } }));
    const began = performance.now();
    const ids = await ask(db.url, { notify: ['pager-flood'] }, 'Send', 2_000);
    const [asked, followed] = [performance.now() - began, performance.now()];
    await followAll();
    const took = performance.now() - followed;
    console.info(`2,000 asks were made in ${asked.toFixed(0)} ms and gathered in ${took.toFixed(0)} ms`);
    expect(took).toBeLessThan(100_000);
    await deliverDue();
    expect(at.got).toHaveLength(1);
    expect(await closeWindows()).toBeGreaterThan(0);
    await owner().rows('UPDATE notice_window SET ends_at = clock_timestamp() - interval \'1 second\'');
    await closeWindows();
    await deliverDue();
    expect(at.got.map(({ body }) => (body.payload as { summary: string }).summary)).toEqual([expect.stringContaining('waits for a person (desk)'), '1,999 more wait for a person (desk), high risk at most.']);
    // Those that were told of together are over when the last of them is.
    await settleAsk(db.url, ids.slice(0, 1_500));
    await followAll();
    await deliverDue();
    expect(at.got.slice(2).map(({ body }) => body.dedup_key)).toEqual([at.got[0]!.body.dedup_key]);
    await settleAsk(db.url, ids.slice(1_500));
    await followAll();
    await deliverDue();
    expect(at.got.slice(3).map(({ body }) => [body.event_action, body.dedup_key])).toEqual([['resolve', at.got[1]!.body.dedup_key]]);
    // Nothing came in the window after it: the next ask is told by itself.
    await owner().rows('UPDATE notice_window SET ends_at = clock_timestamp() - interval \'1 second\'');
    await closeWindows();
    await ask(db.url, { notify: ['pager-flood'] });
    await followAll();
    await deliverDue();
    expect(at.got).toHaveLength(5);
    expect((await noticesOf(channelId)).filter(({ state }) => state === 'waiting')).toEqual([]);
  }, 90_000);
});

describe('a group', () => {
  it('whose last one ends in the very moment in which it is told is ended as well', async () => {
    const hook = await webhook((await receiver()).url, { groupSeconds: 60 });
    const ids = await ask(db.url, { notify: [hook.name] }, 'Send', 3);
    await followAll();
    await settleAsk(db.url, ids);
    await owner().rows(`UPDATE notice_window SET ends_at = clock_timestamp() - interval '1 second'`);
    // Holds whoever tells of them between its count and its commit, until this test lets go.
    await owner().rows(`CREATE FUNCTION hold_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$`);
    await owner().rows(`CREATE TRIGGER holds_here BEFORE INSERT ON notice FOR EACH ROW WHEN (NEW.moment = 'more') EXECUTE FUNCTION hold_here()`);
    const waiting = async () => (await owner().rows<{ n: number }>(`SELECT count(DISTINCT pid)::int AS n FROM pg_locks WHERE NOT granted AND (locktype = 'transactionid' OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))`))[0]!.n;
    try {
      const told = await sqlTransaction(async (tx) => {
        await tx.rows('SELECT pg_advisory_xact_lock(4711)::text');
        const closes = closeWindows();
        await soon(async () => { expect(await waiting()).toBe(1); });
        let read = false;
        const reads = followLog(worker, () => []).then(() => { read = true; });
        await soon(async () => { expect(read || (await waiting()) === 2).toBe(true); });
        return [closes, reads];
      }, db.url);
      await Promise.all(told);
    } finally {
      await owner().rows('DROP TRIGGER holds_here ON notice');
      await owner().rows('DROP FUNCTION hold_here()');
    }
    expect((await noticesOf(hook.id)).filter(({ subject }) => subject.startsWith('group:')).map(({ moment }) => moment)).toEqual(['more', 'resolved']);
  });

  it('never holds what is critical with what is not, however long its routes are called', async () => {
    const hook = await webhook((await receiver()).url, { groupSeconds: 60, quiet: undefined });
    const name = 'r'.repeat(600);
    await ask(db.url, { notify: [hook.name], name });
    await ask(db.url, { notify: [hook.name], name, risk: 'critical' });
    await followAll();
    expect((await noticesOf(hook.id)).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  });
});

describe('a channel that fails', () => {
  it('leaves nothing to look at once it is removed: neither its alert nor what it could not tell', async () => {
    const at = await receiver();
    at.answers((_got, response) => { response.statusCode = 410; response.end(); });
    const hook = await webhook(at.url);
    await ask(db.url, { notify: [hook.name] });
    await followAll();
    await deliverDue();
    const alerts = () => owner().rows<{ state: string; note: string | null }>('SELECT state, note FROM alert WHERE about = $1', [hook.name]);
    expect(await alerts()).toMatchObject([{ state: 'open' }]);
    await inConsole(() => removeChannel(ada, { channelId: hook.id }));
    expect(await alerts()).toEqual([{ state: 'closed', note: `The channel ${hook.name} was removed.` }]);
    expect((await noticesOf(hook.id)).map(({ state }) => state)).toEqual(['discarded']);
    expect(await events('channel.removed', hook.name)).toMatchObject([{ givenUp: 1 }]);
  });

  it('is one alert, and none when something arrives again; its dead letter can be sent once more or given up', async () => {
    const at = await receiver();
    at.answers((_got, response) => { response.statusCode = 410; response.end(); });
    const page = await webhook((await receiver()).url, {}, true);
    const hook = await webhook(at.url);
    await ask(db.url, { notify: [hook.name] }, 'one');
    await ask(db.url, { notify: [hook.name] }, 'two');
    await followAll();
    await deliverDue();
    const open = () => owner().rows<{ id: string; rule: string; about: string; state: string }>(`SELECT id, rule, about, state FROM alert WHERE about = $1 ORDER BY raised_at`, [hook.name]);
    expect(await open()).toMatchObject([{ rule: 'channel-failing', state: 'open' }]);
    expect(await events('channel.failing', hook.name)).toHaveLength(1);
    // Where pages go, somebody hears of it.
    await followAll();
    expect((await noticesOf(page.id)).map(({ moment }) => moment)).toEqual(['raised']);
    const dead = await inConsole(() => listNotices(ada, { state: 'dead', limit: 50 }));
    const mine = dead.filter((one) => one.channel === hook.name);
    expect(mine).toMatchObject([{ attempts: 1, tries: [{ ok: false, status: 410 }], says: expect.stringContaining('High risk') }, {}]);
    at.answers((_got, response) => void response.end());
    await inConsole(() => retryNotice(ada, { noticeId: mine[0]!.id }));
    await expect(inConsole(() => retryNotice(ada, { noticeId: mine[0]!.id }))).rejects.toMatchObject({ code: 'conflict' });
    await inConsole(() => discardNotice(ada, { noticeId: mine[1]!.id }));
    await deliverDue();
    expect(at.got.at(-1)!.body.id).toBe(mine[0]!.id);
    expect(await open()).toMatchObject([{ state: 'closed' }]);
    expect(await events('channel.working', hook.name)).toHaveLength(1);
    expect((await noticesOf(hook.id)).map(({ state }) => state).sort()).toEqual(['delivered', 'discarded']);
    expect((await inConsole(() => listChannels(ada))).find((one) => one.name === hook.name)).toMatchObject({ failures: 0, failingSince: null, dead: 0, leadsTo: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  });

  it('is not one for a test, which is tried once and says at once how it went', async () => {
    const at = await receiver();
    at.answers((_got, response) => { response.statusCode = 503; response.end(); });
    const hook = await webhook(at.url);
    await startWorkers(1);
    await inConsole(() => testChannel(ada, { channelId: hook.id }));
    await soon(async () => { expect(await noticesOf(hook.id)).toMatchObject([{ moment: 'test', state: 'dead', last_error: 'It answered 503.' }]); });
    expect(await events('channel.failing', hook.name)).toEqual([]);
  });

  it('sends what ended a thing after it, where the thing itself is sent once more', async () => {
    const at = await receiver();
    at.answers((_got, response) => { response.statusCode = 413; response.end(); });
    const hook = await webhook(at.url);
    const [id] = await ask(db.url, { notify: [hook.name] });
    await followAll();
    await deliverDue();
    at.answers((_got, response) => void response.end());
    await settleAsk(db.url, [id!]);
    await followAll();
    await deliverDue();
    const [dead] = await noticesOf(hook.id);
    await inConsole(() => retryNotice(ada, { noticeId: dead!.id }));
    await deliverDue();
    await deliverDue();
    expect(at.got.map(({ body }) => body.type)).toEqual(['approval.asked', 'approval.resolved', 'approval.asked', 'approval.resolved']);
  });
});

describe('what is kept', () => {
  it('is counted at a gateway, which sees neither a secret nor where a channel leads nor what it was told', async () => {
    const at = await receiver();
    const hook = await webhook(at.url);
    await ask(db.url, { notify: [hook.name] });
    await followAll();
    await deliverDue();
    const registry = new Registry();
    registerNotifyMetrics(registry, sqlOf(pool(db.urlAs('gateway'))));
    const text = await registry.metrics();
    for (const line of [/countersign_notices\{kind="webhook",state="delivered"\} [1-9]/, /countersign_channels_failing\{kind="webhook"\} 0/, /countersign_notice_attempts_24h\{kind="webhook",outcome="ok"\} [1-9]/, /countersign_notice_lag_seconds 0/, /countersign_notice_oldest_due_seconds 0/]) expect(text).toMatch(line);
    // What is let go of after a while is no counter, which must never fall.
    const [before] = await owner().rows<{ n: number }>('SELECT count(*)::int AS n FROM notice_attempt a JOIN notice n ON n.id = a.notice_id JOIN channel c ON c.id = n.channel_id WHERE a.ok AND c.kind = $1', ['webhook']);
    await owner().rows(`UPDATE notice_attempt SET at = at - interval '25 hours' WHERE notice_id IN (SELECT id FROM notice WHERE channel_id = $1)`, [hook.id]);
    const later = new Registry();
    registerNotifyMetrics(later, sqlOf(pool(db.urlAs('gateway'))));
    expect(Number(/notice_attempts_24h\{kind="webhook",outcome="ok"\} (\d+)/.exec(await later.metrics())?.[1] ?? 0)).toBe(before!.n - 1);
    for (const refused of ['SELECT sealed FROM channel_secret', 'SELECT leads_to FROM channel', 'SELECT body FROM notice']) await expect(sqlOf(pool(db.urlAs('gateway'))).rows(refused)).rejects.toThrow(/permission denied/);
  });

  it('opens after its key was rotated and wrapped anew, and not in another row', async () => {
    const at = await receiver();
    const hook = await webhook(at.url);
    const keys = new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [], secrets: ['channel-wrapping'] });
    const holding: Holding = { process: 'worker', names: ['channel-wrapping'], keys, lives: { tokenMs: 1, leaseMs: 1 }, needs: { 'channel-wrapping': sealedChannels } };
    const host = makeContext({ kind: 'host', user: 'root' });
    await rotateKey(host, { name: 'channel-wrapping', overlapMs: 0 }, holding);
    await expect(retireKey(host, { name: 'channel-wrapping', now: true }, holding)).rejects.toThrow(/keys rewrap channel-wrapping/);
    expect(await rewrapKeys(host, { name: 'channel-wrapping' }, holding)).toMatchObject({ unopened: 0 });
    await retireKey(host, { name: 'channel-wrapping', now: true }, holding);
    await inConsole(() => testChannel(ada, { channelId: hook.id }));
    await deliverDue();
    expect(verifySignature(hook.signingSecret!, String(at.got[0]!.headers['countersign-signature']), at.got[0]!.text, new Date())).toBe(true);
    await owner().rows(`UPDATE channel_secret a SET sealed = b.sealed FROM channel_secret b WHERE a.channel_id = $1 AND b.channel_id = $1 AND a.what = 'signing' AND b.what = 'address'`, [hook.id]);
    await inConsole(() => testChannel(ada, { channelId: hook.id }));
    await deliverDue();
    expect((await noticesOf(hook.id)).at(-1)).toMatchObject({ state: 'dead', last_error: expect.stringContaining('cannot be opened') });
  });

  it('is given up where it had no turn for a day, and not where somebody has just sent it once more', async () => {
    const at = await receiver();
    const hook = await webhook(at.url);
    await ask(db.url, { notify: [hook.name] });
    await ask(db.url, { notify: [hook.name] });
    await followAll();
    const [stale] = await noticesOf(hook.id);
    await owner().rows(`UPDATE notice SET created_at = now() - interval '3 days', due_at = CASE WHEN id = $1 THEN now() - interval '25 hours' ELSE due_at END WHERE channel_id = $2`, [stale!.id, hook.id]);
    expect(await giveUpStale(worker)).toBe(1);
    expect((await noticesOf(hook.id)).map(({ state }) => state)).toEqual(['dead', 'waiting']);
    expect(await events('notice.dead', hook.name)).toMatchObject([{ noticeId: stale!.id, error: expect.stringContaining('no turn for a day') }]);
  });

  it('goes after ninety days, but for what nobody has looked at', async () => {
    const at = await receiver();
    const hook = await webhook(at.url);
    for (let i = 0; i < 3; i++) await inConsole(() => testChannel(ada, { channelId: hook.id }));
    await deliverDue();
    const [first, second] = await noticesOf(hook.id);
    await owner().rows(`UPDATE notice SET done_at = now() - interval '91 days', state = CASE WHEN id = $1 THEN 'dead' ELSE 'delivered' END WHERE id = ANY($2::uuid[])`, [first!.id, [first!.id, second!.id]]);
    expect(await sweepNotices()).toBe(1);
    expect((await noticesOf(hook.id)).map(({ id }) => id)).not.toContain(second!.id);
    expect(await owner().rows('SELECT 1 FROM notice_attempt WHERE notice_id = $1', [second!.id])).toEqual([]);
    expect(await noticesOf(hook.id)).toHaveLength(2);
  });
});

describe('who may', () => {
  it('make, change and remove channels: administrators who show that it is them, and nobody else', async () => {
    const grace = makeContext(await insertPerson(owner(), 'Grace', ['reviewer']));
    const make = { name: 'mine', target: { kind: 'webhook' as const, address: 'https://hooks.example.org/' }, settings: {} };
    for (const refused of [grace, worker, makeContext({ kind: 'service_account', id: newId(), name: 's', roles: ['admin'], tokenId: newId() })]) await expect(inConsole(() => createChannel(refused, make))).rejects.toMatchObject({ code: 'forbidden' });
    await owner().rows(`UPDATE sign_in SET created_at = now() - interval '1 hour'`);
    await expect(inConsole(() => createChannel(ada, make))).rejects.toMatchObject({ code: 'step_up_required' });
    await owner().rows('UPDATE sign_in SET created_at = now()');
    const { id } = await inConsole(() => createChannel(ada, { ...make, defaultPage: true }));
    await expect(inConsole(() => createChannel(ada, make))).rejects.toMatchObject({ code: 'conflict' });
    const other = await inConsole(() => createChannel(ada, { ...make, name: 'other', defaultPage: true }));
    const pages = async () => (await inConsole(() => listChannels(ada))).filter((one) => one.defaultPage).map((one) => one.id);
    expect(await pages()).toEqual([other.id]);
    await inConsole(() => changeChannel(ada, { channelId: id, settings: { groupSeconds: 5 }, defaultPage: true }));
    expect(await pages()).toEqual([id]);
    expect(await events('channel.changed', 'mine')).toMatchObject([{ what: ['defaultPage', 'groupSeconds'] }]);
    await expect(inConsole(() => listChannels(grace))).rejects.toMatchObject({ code: 'forbidden' });
    await inConsole(() => removeChannel(ada, { channelId: id }));
    expect(await owner().rows('SELECT 1 FROM channel_secret WHERE channel_id = $1', [id])).toEqual([]);
    await expect(inConsole(() => removeChannel(ada, { channelId: id }))).rejects.toMatchObject({ code: 'not_found' });
    await inConsole(() => createChannel(ada, make));
  });

  it('close an alert about a session: people, and not the worker', async () => {
    await owner().rows(`INSERT INTO alert (id, rule, severity, act, detector, kind, agent_id, session_id, count, first_at, last_at, raised_at, evidence) VALUES (gen_random_uuid(), 'r', 'high', 'queue', 'd', 'k', gen_random_uuid(), gen_random_uuid(), 1, now(), now(), now(), '[]')`);
    await expect(sqlTransaction((tx) => tx.rows(`UPDATE alert SET state = 'closed', closed_as = 'benign', closed_at = now() WHERE rule = 'r'`), db.urlAs('worker'))).rejects.toThrow(/the worker closes no alert/);
  });
});
