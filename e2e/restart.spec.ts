import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import pg from 'pg';
import { ownerUrl } from '@/lib/db/owner-url';
import type { AgentClient } from '@/lib/sdk';
import { startCountersign, type RunningCountersign } from '@/lib/testing/running-countersign';
import { connectAgent, live, product, registerAgent, signInOnPage } from './product';

/** Long enough to ask two hundred questions on a slow machine, and over before everything is back. */
const SHORT_MS = 60_000;

const own = ['E2E_URL', 'E2E_DATA_DIR'] as const;
let running: RunningCountersign;
let before: (string | undefined)[];
const stage = async (...args: string[]) => (await promisify(execFile)(process.execPath, ['--import', 'tsx', 'e2e/stage-story.ts', ...args], { env: { ...process.env, DATA_DIR: running.dataDir } })).stdout;

// Everything of it is killed, so an installation of its own.
test.beforeAll(async () => {
  before = own.map((name) => process.env[name]);
  running = await startCountersign();
  Object.assign(process.env, { E2E_URL: running.url, E2E_DATA_DIR: running.dataDir });
  await stage('publish', String(SHORT_MS));
});
test.afterAll(async () => {
  own.forEach((name, index) => { if (before[index] === undefined) delete process.env[name]; else process.env[name] = before[index]; });
  await running.stop();
});

type Kept = { id: string; state: string; digest: string; requestedAt: Date; decideBy: Date };
async function rows<R extends object>(text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: ownerUrl({ dataDir: product.dataDir }) });
  await client.connect();
  try { return (await client.query<R>(text)).rows; } finally { await client.end(); }
}
const kept = () => rows<Kept>('SELECT id, state, digest, requested_at AS "requestedAt", decide_by AS "decideBy" FROM approval ORDER BY id');

/** As a machine that loses its power: nobody says goodbye, the database least of all. */
function killEverything(): void {
  const postmaster = Number(readFileSync(path.join(running.dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try { return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) === running.pid; } catch { return false; }
  });
  process.kill(running.pid, 'SIGSTOP');
  for (const pid of new Set([...children, postmaster, running.pid])) process.kill(pid, 'SIGKILL');
}

test('every process killed with two hundred questions open: none is lost, none has more time or less, and what ran out meanwhile is a no', async ({ page }) => {
  test.setTimeout(300_000);
  const agents: AgentClient[] = [];
  try {
    for (let street = 0; street < 10; street++) agents.push(await connectAgent(await registerAgent('patient', 'email:send:**')));
    const sessions = await Promise.all(agents.map((agent, street) => agent.openSession({ purpose: `Write to the customers of street ${street}` })));
    const [short, ...long] = sessions;
    await short!.addInput({ origin: 'document', source: 'a list', text: 'Customers of this street have moved.' });
    const asked = (await Promise.all(sessions.map(async (session, street) => {
      const answers = [];
      for (let house = 0; house < 20; house++) answers.push({ session, decision: await session.requestAction({ tool: 'send_email', args: { to: `house-${house}.street-${street}@customer.example`, subject: 'Your street', body: 'A word.' } }) });
      return answers;
    }))).flat();
    expect(asked.map(({ decision }) => decision.decision)).toEqual(Array.from({ length: 200 }, () => 'ask'));
    const ofShort = new Set(asked.filter(({ session }) => session === short).map(({ decision }) => decision.approval!.id));
    const standing = await kept();
    expect(standing.map(({ state }) => state)).toEqual(Array.from({ length: 200 }, () => 'pending'));

    killEverything();
    const over = Math.max(...standing.filter(({ id }) => ofShort.has(id)).map(({ decideBy }) => decideBy.getTime()));
    await expect.poll(() => Date.now(), { timeout: SHORT_MS + 30_000 }).toBeGreaterThan(over);
    running = await startCountersign({ again: running });

    // To the millisecond as they were; those whose time was over while nothing ran have ended, once each, and the agent hears it.
    await expect.poll(async () => (await kept()).filter(({ state }) => state === 'expired').length, { timeout: 60_000 }).toBe(20);
    expect(await kept()).toEqual(standing.map((one) => (ofShort.has(one.id) ? { ...one, state: 'expired' } : one)));
    const ended = await rows<{ n: number }>(`SELECT count(*)::int AS n FROM log.event WHERE type = 'approval.expired' GROUP BY body::jsonb #>> '{data,approvalId}'`);
    expect(ended).toEqual(Array.from({ length: 20 }, () => ({ n: 1 })));
    for (const { session, decision } of asked.filter((one) => one.session === short)) expect(await session.waitForDecision(decision.actionId, { timeoutMs: 60_000 })).toMatchObject({ decision: 'deny', code: 'approval.expired' });

    // People see all the others, with the time that they really have, and decide.
    await signInOnPage(page, product.admin, { as: 'new browser' });
    await page.goto(`${running.url}/approvals`);
    await live(page);
    await expect(page.locator('.queue h1')).toHaveText('180 approvals wait on you');
    const [yes, no] = asked.filter((one) => one.session === long[0]);
    await page.goto(`${running.url}/approvals/${yes!.decision.approval!.id}`);
    await live(page);
    const shown = (await page.locator('article.card').locator('time.countdown').first().textContent())!;
    const [minutes, seconds] = /(\d+):(\d\d)/.exec(shown)!.slice(1).map(Number);
    const left = (Date.parse(yes!.decision.approval!.decideBy) - Date.now()) / 1_000;
    expect(Math.abs(minutes! * 60 + seconds! - left)).toBeLessThan(3);
    const card = page.locator('article.card');
    await card.getByRole('button', { name: /Approve once/ }).click();
    await card.getByRole('button', { name: /^Sign/ }).click();
    expect(await yes!.session.waitForDecision(yes!.decision.actionId, { timeoutMs: 60_000 })).toMatchObject({ decision: 'allow', code: 'approval.granted' });
    await yes!.session.started(yes!.decision.actionId);
    await page.goto(`${running.url}/approvals/${no!.decision.approval!.id}`);
    await card.getByRole('button', { name: /^Deny(?! and)/ }).click();
    expect(await no!.session.waitForDecision(no!.decision.actionId, { timeoutMs: 60_000 })).toMatchObject({ decision: 'deny', code: 'approval.denied' });
  } finally {
    await Promise.all(agents.map((agent) => agent.close()));
  }
});
