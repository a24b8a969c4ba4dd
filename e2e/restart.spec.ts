import { expect, test } from '@playwright/test';
import pg from 'pg';
import { ownerUrl } from '@/lib/db/owner-url';
import type { AgentClient } from '@/lib/sdk';
import { ownInstallation } from './own-installation';
import { connectAgent, live, product, registerAgent, signInOnPage } from './product';

/** Long enough to ask two hundred questions on a slow machine, and over before everything is back. */
const SHORT_MS = 60_000;

// Everything of it is killed, so an installation of its own.
const own = ownInstallation(SHORT_MS);

type Kept = { id: string; state: string; digest: string; requestedAt: Date; decideBy: Date };
async function rows<R extends object>(text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: ownerUrl({ dataDir: product.dataDir }) });
  await client.connect();
  try { return (await client.query<R>(text)).rows; } finally { await client.end(); }
}
const kept = () => rows<Kept>('SELECT id, state, digest, requested_at AS "requestedAt", decide_by AS "decideBy" FROM approval ORDER BY id');

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

    own.killEverything();
    const over = Math.max(...standing.filter(({ id }) => ofShort.has(id)).map(({ decideBy }) => decideBy.getTime()));
    await expect.poll(() => Date.now(), { timeout: SHORT_MS + 30_000 }).toBeGreaterThan(over);
    await own.startAgain();

    // To the millisecond as they were; those whose time was over while nothing ran have ended, once each, and the agent hears it.
    await expect.poll(async () => (await kept()).filter(({ state }) => state === 'expired').length, { timeout: 60_000 }).toBe(20);
    expect(await kept()).toEqual(standing.map((one) => (ofShort.has(one.id) ? { ...one, state: 'expired' } : one)));
    const ended = await rows<{ n: number }>(`SELECT count(*)::int AS n FROM log.event WHERE type = 'approval.expired' GROUP BY body::jsonb #>> '{data,approvalId}'`);
    expect(ended).toEqual(Array.from({ length: 20 }, () => ({ n: 1 })));
    for (const { session, decision } of asked.filter((one) => one.session === short)) expect(await session.waitForDecision(decision.actionId, { timeoutMs: 60_000 })).toMatchObject({ decision: 'deny', code: 'approval.expired' });

    // People see all the others, with the time that they really have, and decide.
    await signInOnPage(page, product.admin, { as: 'new browser' });
    await page.goto(`${own.url}/approvals`);
    await live(page);
    await expect(page.locator('.queue h1')).toHaveText('180 approvals wait on you');
    const [yes, no] = asked.filter((one) => one.session === long[0]);
    await page.goto(`${own.url}/approvals/${yes!.decision.approval!.id}`);
    await live(page);
    const card = page.locator('article.card');
    // Read again where a page on a slow machine was late to count: a wrong time stays wrong.
    await expect.poll(async () => {
      const shown = (await card.locator('time.countdown').first().textContent())!;
      const [minutes, seconds] = /(\d+):(\d\d)/.exec(shown)!.slice(1).map(Number);
      const left = (Date.parse(yes!.decision.approval!.decideBy) - Date.now()) / 1_000;
      return Math.abs(minutes! * 60 + seconds! - left);
    }).toBeLessThan(3);
    await card.getByRole('button', { name: /Approve once/ }).click();
    await card.getByRole('button', { name: /^Sign/ }).click();
    expect(await yes!.session.waitForDecision(yes!.decision.actionId, { timeoutMs: 60_000 })).toMatchObject({ decision: 'allow', code: 'approval.granted' });
    await yes!.session.started(yes!.decision.actionId);
    await page.goto(`${own.url}/approvals/${no!.decision.approval!.id}`);
    await card.getByRole('button', { name: /^Deny(?! and)/ }).click();
    expect(await no!.session.waitForDecision(no!.decision.actionId, { timeoutMs: 60_000 })).toMatchObject({ decision: 'deny', code: 'approval.denied' });
  } finally {
    await Promise.all(agents.map((agent) => agent.close()));
  }
});
