import { expect, test, type Page } from '@playwright/test';
import { SessionsHeld } from '@/lib/sdk';
import { connectAgent, countersign, live, product, registerAgent, signIn } from './product';

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

const releaseAll = async (ids: readonly string[]) => { for (const id of ids) await countersign('release', id, '--break-glass', '--reason', 'The test is over.'); };
const orderOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!;

async function working(name: string) {
  const credentials = await registerAgent(name, 'email:send:**');
  const agent = await connectAgent(credentials);
  const session = await agent.openSession({ purpose: `Work as ${name}` });
  await session.addInput({ origin: 'user', source: 'a ticket', text: 'Please answer ticket 4711 today.' });
  await session.requestAction({ tool: 'send_email', args: { to: 'ada@customer.example', subject: 'Hello', body: 'A word.' } });
  return { agent, session, clientId: credentials.clientId };
}

test('a stop holds new sessions until somebody lets them open, and what the session was is kept and read on the record', async ({ page }) => {
  const { agent, session, clientId } = await working('held');
  const standing: string[] = [];
  try {
    await signIn(page);
    await page.goto(`${product.url}/switches?session=${session.id}`);
    await live(page);
    await expect(region(page, 'Session').getByRole('checkbox', { name: /hold new sessions of this agent for 10 minutes/ })).toBeChecked();
    await region(page, 'Session').getByRole('button', { name: /^Stop/ }).click();
    await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    standing.push(orderOf(page));
    await expect(page.getByRole('heading', { name: 'New sessions are held' })).toBeVisible();
    await expect(agent.openSession({ purpose: 'Again' })).rejects.toBeInstanceOf(SessionsHeld);

    // Within the minute, and without a reload.
    await page.goto(`${product.url}/sessions/${session.id}`);
    await expect(page.locator('.session-dump')).toContainText(/kept \d+(\.\d)? s later: events 1 to \d+/, { timeout: 60_000 });
    await page.getByRole('button', { name: 'Read it…' }).click();
    await expect(page.getByLabel('The state of the session, as JSON')).toContainText('Please answer ticket 4711 today.');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.reload();
    await expect(page.getByText(/read a text\./).first()).toBeVisible();

    await page.goto(`${product.url}/agents/${clientId}`);
    await page.getByRole('button', { name: 'Let new sessions open' }).click();
    await expect(page.getByRole('heading', { name: 'New sessions are held' })).toHaveCount(0);
    await (await agent.openSession({ purpose: 'Again' })).close('abandoned');
  } finally {
    await releaseAll(standing);
    await agent.close();
  }
});

test('a pause is one press, holds every call, and says so', async ({ page }) => {
  const { agent, session } = await working('paused');
  const standing: string[] = [];
  try {
    await signIn(page);
    const paused = new Promise((resolve) => session.on('pause', resolve));
    await page.goto(`${product.url}/switches?session=${session.id}`);
    await live(page);
    await region(page, 'Session').getByRole('button', { name: /^Pause/ }).click();
    await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    standing.push(orderOf(page));
    await paused;
    await expect(page.locator('h1').first()).toHaveText('The session is confirmed paused.');
    await expect(page.getByRole('heading', { name: 'Resume', exact: true })).toBeVisible();
  } finally {
    await releaseAll(standing);
    await agent.close();
  }
});

test('a dead-man switch is armed, waits anew when somebody is here, and is disarmed', async ({ page }) => {
  const { agent, clientId } = await working('dead-man');
  try {
    await signIn(page);
    await page.goto(`${product.url}/agents/${clientId}`);
    await live(page);
    const panel = page.locator('.dead-man');
    await panel.getByLabel('Minutes without anybody').fill('30');
    await panel.getByRole('button', { name: 'Arm the dead-man switch' }).click();
    await expect(panel).toContainText(/pauses in/);
    await panel.getByRole('button', { name: 'I am here' }).click();
    await expect(page.getByText('You are here. It waits anew.')).toBeVisible();
    await page.goto(product.url);
    await expect(page.getByText(/unless somebody says that they are here/)).toBeVisible();
    await page.goto(`${product.url}/agents/${clientId}`);
    await panel.getByRole('button', { name: 'Disarm…' }).click();
    await panel.getByRole('button', { name: 'Disarm it for good' }).click();
    await expect(panel).toContainText('disarmed the last one');
    await page.goto(`${product.url}/settings/stopping`);
    await expect(page.getByRole('heading', { name: 'What stops by itself' })).toBeVisible();
  } finally {
    await agent.close();
  }
});
