import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { connectAgent, live, newPerson, product, registerAgent, signIn, signInOnPage } from './product';

type Person = { name: string; email: string; password: string };
const unique = Math.random().toString(36).slice(2, 8);
const [payments, security, lead] = [`payments-${unique}`, `security-${unique}`, `lead-${unique}`];
const stage = (...args: string[]) => promisify(execFile)(process.execPath, ['--import', 'tsx', 'e2e/stage-routes.ts', ...args], { env: { ...process.env, DATA_DIR: product.dataDir } });

let mara: Person, pia: Person, sam: Person, lena: Person;
test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  [mara, pia, sam, lena] = [await newPerson(browser, 'Mara Lindqvist', 'responder'), await newPerson(browser, 'Pia Payments', 'responder'), await newPerson(browser, 'Sam Security', 'responder'), await newPerson(browser, 'Lena Lead', 'responder')];
  await stage('team', payments, mara.email, pia.email);
  await stage('team', security, sam.email);
  await stage('publish', payments, security, lead);
});
test.afterAll(async () => { await stage('restore'); });

const mail = (subject: string) => ({ tool: 'send_email', args: { to: 'ada@example.org', subject, body: 'A word.' } });
async function pageOf(browser: Browser, person: Person): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInOnPage(page, person);
  return page;
}
async function openCard(page: Page, approvalId: string): Promise<void> {
  await page.goto(`${product.url}/approvals/${approvalId}`);
  await live(page);
}
async function approve(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Approve once/ }).click();
  await page.getByRole('main').getByRole('button', { name: /^Sign/ }).click();
}

test('two of one team and one of another sign, each once, and nobody for their own', async ({ browser }) => {
  test.setTimeout(180_000);
  const agent = await connectAgent(await registerAgent('two-roles', 'email:send:**'));
  const pages: Page[] = [];
  try {
    const session = await agent.openSession({ purpose: 'Ask two teams' });
    const asked = await session.requestAction(mail('Two roles'));
    expect(asked.decision).toBe('ask');
    const [first, second, third] = [await pageOf(browser, mara), await pageOf(browser, sam), await pageOf(browser, pia)];
    pages.push(first, second, third);
    for (const page of pages) await openCard(page, asked.approval!.id);
    // The rule says a graver risk than its route.
    await expect(first.getByRole('article')).toContainText('High risk.');
    const slots = second.locator('.signatures-part');
    await expect(slots).toContainText(`2 of ${payments}: nobody yet`);
    await expect(slots).toContainText(`One of ${security}: nobody yet`);
    await approve(first);
    await expect(slots).toContainText('Mara Lindqvist');
    await expect(slots).toContainText(`One of ${payments}: nobody yet`);
    await expect(first.getByRole('article')).toContainText('You have signed. It waits for others');
    await approve(second);
    await expect(third.locator('.signatures-part')).toContainText('Sam Security');
    await approve(third);
    expect((await session.waitForDecision(asked.actionId)).decision).toBe('allow');

    // Whom it acts for may not approve it, and may always deny it.
    const own = await agent.openSession({ purpose: 'Act for Mara', principal: { type: 'user', id: mara.email } });
    const hers = await own.requestAction(mail('Two roles'));
    await openCard(first, hers.approval!.id);
    await expect(first.getByRole('article')).toContainText('The session acts on your behalf, and nobody approves their own.');
    await expect(first.getByRole('button', { name: /Approve once/ })).toHaveCount(0);
    // Of payments one is left who may, where two are needed: it says so.
    await expect(first.locator('.signatures-part')).toContainText('Too few people may decide this as it was asked');
    await first.getByRole('button', { name: /^Deny/ }).first().click();
    expect(await own.waitForDecision(hers.actionId)).toMatchObject({ decision: 'deny', code: 'approval.denied' });
    // Or takes it back, which is no decision on it.
    const again = await own.requestAction(mail('Two roles'));
    await openCard(first, again.approval!.id);
    await first.getByRole('button', { name: 'More', exact: true }).click();
    await first.getByRole('button', { name: 'Take the question back' }).click();
    expect(await own.waitForDecision(again.actionId)).toMatchObject({ decision: 'deny', code: 'approval.cancelled' });
    await expect(first.getByRole('article')).toContainText('it was withdrawn');
  } finally {
    await agent.close();
    await Promise.all(pages.map((page) => page.context().close()));
  }
});

test('goes up at half of its time to whoever is on call, who sees it come and decides', async ({ browser, page }) => {
  test.setTimeout(240_000);
  // On the hand-over page an administrator names who is on call.
  await signIn(page);
  await page.goto(`${product.url}/settings/on-call`);
  await page.getByRole('button', { name: 'Add a rota' }).click();
  await page.getByRole('button', { name: 'Handed over on this page…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill(lead);
  await page.getByRole('button', { name: 'Add the rota' }).click();
  const rota = page.getByRole('region', { name: lead });
  await expect(rota).toContainText('On call now: nobody.');
  await rota.getByRole('button', { name: 'Hand over' }).click();
  await page.getByRole('dialog').locator('select[name="to"]').selectOption({ label: lena.name });
  await page.getByRole('dialog').getByLabel('Reason').fill('The night');
  await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click();
  await expect(rota).toContainText(`On call now: ${lena.name}.`);

  const credentials = await registerAgent('short', 'email:send:**');
  const agent = await connectAgent(credentials);
  const lenas = await pageOf(browser, lena);
  const queue = await lenas.context().newPage();
  try {
    const session = await agent.openSession({ purpose: 'Ask the night' });
    const asked = await session.requestAction(mail('Short'));
    const from = Date.parse(asked.approval!.decideBy) - 60_000;
    await openCard(lenas, asked.approval!.id);
    await expect(lenas.getByRole('article')).toContainText(`This waits for 1 of ${payments}`);
    await expect(lenas.locator('.signatures-part')).toContainText(`Goes to 1 of ${lead} on call at`);
    await expect(lenas.getByRole('button', { name: /Approve once/ })).toHaveCount(0);
    await queue.goto(`${product.url}/approvals?q=${credentials.name}`);
    const line = queue.locator(`[data-id="${asked.approval!.id}"]`);
    await expect(line).toContainText('decides');
    // By itself, when half of its time is over and not before.
    await expect(lenas.getByRole('button', { name: /Approve once/ })).toBeVisible({ timeout: 45_000 });
    expect(Date.now()).toBeGreaterThanOrEqual(from + 30_000);
    await expect(line).not.toContainText('decides');
    await expect(lenas.locator('.signatures-part')).toContainText(`Or, in their place, 1 of ${lead} on call: nobody yet`);
    await approve(lenas);
    expect((await session.waitForDecision(asked.actionId)).decision).toBe('allow');
    await lenas.goto(`${product.url}/sessions/${session.id}`);
    await expect(lenas.locator('.timeline')).toContainText(`Went to 1 of ${lead} on call`);

    // Sent up by a person, it waits for no clock.
    const pressed = await session.requestAction(mail('Short'));
    await openCard(lenas, pressed.approval!.id);
    await lenas.getByRole('button', { name: 'More' }).click();
    await lenas.getByRole('button', { name: `Ask 1 of ${lead} on call now` }).click();
    await expect(lenas.getByRole('button', { name: /Approve once/ })).toBeVisible();
    await approve(lenas);
    expect((await session.waitForDecision(pressed.actionId)).decision).toBe('allow');
  } finally {
    await agent.close();
    await lenas.context().close();
  }
});
