import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext, type Context } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf, sqlTransaction } from '@/lib/db';
import { record, sessionEvent } from '@/lib/log';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertPerson } from '@/lib/testing/fleet';
import { claimDue } from './deliver';
import { createChannel } from './create-channel';
import { followLog } from './follow-log';
import { testChannel } from './test-channel';
import { ask } from './testing';
import type { ChannelSettings } from './schema';

let db: TestDatabase;
let ada: Context;
const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-notify-'));
const worker = makeContext({ kind: 'system', process: 'worker' });
const owner = () => sqlOf(pool(db.url));
const follow = async () => { for (;;) { const round = await followLog(worker, () => []); if (!round.full && !round.unsettled) return; await wait(5); } };
const told = (channelId: string) => owner().rows<{ moment: string; state: string; critical: boolean }>('SELECT moment, state, critical FROM notice WHERE channel_id = $1 ORDER BY place', [channelId]);

beforeAll(async () => {
  process.env.DATA_DIR = dataDir;
  db = await createTestDatabase();
  const person = await insertPerson(owner(), 'Ada', ['admin']);
  const signInId = newId();
  await owner().rows(`INSERT INTO sign_in (id, person_id, expires_at) VALUES ($1, $2, now() + interval '1 day')`, [signInId, person.id]);
  ada = makeContext({ ...person, signInId } as Context['actor']);
  process.env.DATABASE_URL = db.urlAs('worker');
  await follow();
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function channel(name: string, settings: Partial<ChannelSettings> = {}): Promise<string> {
  process.env.DATABASE_URL = db.urlAs('console');
  const { id } = await createChannel(ada, { name, target: { kind: 'webhook', address: 'https://hooks.example.org/' }, settings: { groupSeconds: 0, ...settings } });
  process.env.DATABASE_URL = db.urlAs('worker');
  return id;
}

/** As an approver does whose arguments lead to a stricter route. */
async function change(approvalId: string, { notify, risk }: { notify: string[]; risk: string }): Promise<void> {
  const [row] = await owner().rows<{ sessionId: string; actionId: string }>(`UPDATE approval SET risk = $2, route = route || jsonb_build_object('notify', $3::jsonb, 'risk', $2::text) WHERE id = $1 RETURNING session_id AS "sessionId", action_id AS "actionId"`, [approvalId, risk, JSON.stringify(notify)]);
  await sqlTransaction((tx) => record(tx, ada, [sessionEvent(row!.sessionId, 'approval.changed', {
    approvalId, actionId: row!.actionId, tool: 'send_email', kind: 'replacement', revision: 1, fromDigest: 'a', digest: 'b', title: 't', steps: [], args: { payloadId: newId(), mac: 'm', bytes: 1, rendering: '' } as never, policyVersion: 'v', rules: [], routes: ['desk', 'strict'],
  })]), db.url);
}

it('tells the channels of a stricter route that changed arguments led to, and nobody twice', async () => {
  const [first, strict] = [await channel('first'), await channel('strict')];
  const [id] = await ask(db.url, { notify: ['first'] });
  await follow();
  await change(id!, { notify: ['first', 'strict'], risk: 'high' });
  await follow();
  expect([await told(first), await told(strict)]).toMatchObject([[{ moment: 'asked' }], [{ moment: 'asked' }]]);
  expect([(await told(first)).length, (await told(strict)).length]).toEqual([1, 1]);
});

it('tells at once what became critical while quiet hours held it back', async () => {
  const clock = (h: number) => `${String((h + 24) % 24).padStart(2, '0')}:00`;
  const hour = new Date().getUTCHours();
  const night = await channel('night', { quiet: { from: clock(hour - 1), to: clock(hour + 2), timeZone: 'UTC' } });
  const [id] = await ask(db.url, { notify: ['night'] });
  await follow();
  expect((await claimDue(50)).filter(({ channelId }) => channelId === night)).toEqual([]);
  await change(id!, { notify: ['night'], risk: 'critical' });
  await follow();
  expect(await told(night)).toEqual([{ moment: 'asked', state: 'overtaken', critical: false }, { moment: 'critical', state: 'waiting', critical: true }]);
  expect((await claimDue(50)).filter(({ channelId }) => channelId === night)).toMatchObject([{ moment: 'critical', body: { type: 'approval.asked', risk: 'critical' } }]);
});

it('sends a test page before what has waited for longer, so that whoever pressed the button sees how it goes', async () => {
  const busy = await channel('busy');
  for (let i = 0; i < 3; i++) await ask(db.url, { notify: ['busy'] });
  await follow();
  // One at a time, as where it fails.
  await owner().rows('UPDATE channel SET failures = 5 WHERE id = $1', [busy]);
  process.env.DATABASE_URL = db.urlAs('console');
  await testChannel(ada, { channelId: busy });
  process.env.DATABASE_URL = db.urlAs('worker');
  expect((await claimDue(50)).filter(({ channelId }) => channelId === busy).map(({ moment }) => moment)).toEqual(['test']);
});
