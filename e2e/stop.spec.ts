import { expect, test } from '@playwright/test';
import { SessionStopped } from '@/lib/sdk';
import { registerPasskey } from './authenticator';
import { connectAgent, countersign, live, newPerson, product, registerAgent, signIn, signInOnPage } from './product';

const mail = { tool: 'send_email', args: { to: 'ada@customer.example', subject: 'Hello', body: 'A word.' } };

test('everything stops from a page, and starts again only after two people released it with their passkeys', async ({ browser, page }) => {
  const second = await newPerson(browser, 'Second Releaser', 'responder');
  const agent = await connectAgent(await registerAgent('stopped', 'email:send:**'));
  const other = await browser.newContext();
  let standing: string | undefined;
  try {
    const session = await agent.openSession({ purpose: 'Run into a stop' });
    const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
    const asked = await session.requestAction(mail);
    await signInOnPage(page);
    await registerPasskey(page, 'Key of the first');
    await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
    await live(page);
    await page.getByRole('link', { name: 'STOP' }).first().click();

    const everything = page.getByRole('region', { name: 'Global' });
    await expect(everything).toContainText('session');
    await everything.getByRole('button', { name: /^Arm/ }).click();
    await page.getByRole('button', { name: 'Stop everything' }).click();
    await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    const order = page.url();
    standing = order.split('/').at(-1)!;
    await expect(page.locator('.stages')).toContainText('every gateway refuses');
    await halted;
    await expect(page.locator('h1').first()).toContainText('confirmed');
    await expect(session.requestAction(mail)).rejects.toThrow(SessionStopped);
    await expect(agent.openSession({ purpose: 'Born under a stop' })).rejects.toThrow(SessionStopped);

    // The question that was open is cancelled, and every page says that everything is stopped.
    await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
    await expect(page.getByRole('article')).toContainText('it was stopped');
    await expect(page.getByRole('alert').filter({ hasText: 'Everything is stopped.' })).toBeVisible();

    // Releasing takes the whole checklist, a passkey, and a second person with theirs.
    await page.goto(order);
    const ask = page.getByRole('button', { name: 'Ask for the release' });
    await expect(ask).toBeDisabled();
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await ask.click();
    await expect(page.getByText('A second person: nobody yet')).toBeVisible();
    const secondPage = await other.newPage();
    await signInOnPage(secondPage, second);
    // Without a passkey the page leads to where one is registered, and nothing is released.
    await secondPage.goto(order);
    await secondPage.getByRole('button', { name: 'Countersign the release' }).click();
    await expect(secondPage.getByRole('link', { name: 'Register a passkey' })).toBeVisible();
    await expect(secondPage.locator('h1').first()).not.toContainText('Released');
    await registerPasskey(secondPage, 'Key of the second');
    await secondPage.goto(order);
    await secondPage.getByRole('button', { name: 'Countersign the release' }).click();
    await expect(secondPage.locator('h1').first()).toContainText('Released');
    await expect(page.locator('h1').first()).toContainText('Released');

    standing = undefined;

    // It permits a restart and restarts nothing: the old session stays stopped, a new one runs.
    await expect(session.requestAction(mail)).rejects.toThrow(SessionStopped);
    const again = await agent.openSession({ purpose: 'After the release' });
    expect((await again.requestAction(mail)).decision).toBe('ask');
    await again.close('abandoned');
  } finally {
    // A failure half way must not stop every test after it.
    if (standing) await countersign('release', standing, '--break-glass', '--reason', 'The test that stopped it failed.');
    await Promise.all([other.close(), agent.close()]);
  }
});

test('deny and stop does both, and the agent is halted', async ({ page }) => {
  const agent = await connectAgent(await registerAgent('denied', 'email:send:**'));
  try {
    const session = await agent.openSession({ purpose: 'Be denied and stopped' });
    const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
    const asked = await session.requestAction(mail);
    await signIn(page);
    await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
    await page.getByRole('button', { name: /Deny and stop/ }).click();
    await expect(page.getByRole('article')).toContainText('Denied by Administrator');
    await halted;
    await page.goto(`${product.url}/sessions/${session.id}`);
    await expect(page.locator('.timeline')).toContainText('denied it.');
    await expect(page.locator('.timeline')).toContainText('This session was stopped.');
    await expect(page.locator('.session-head')).toContainText('stopped');
  } finally {
    await agent.close();
  }
});

test('without scripts a stop is a plain form', async ({ browser }) => {
  const agent = await connectAgent(await registerAgent('plain', 'email:send:**'));
  const session = await agent.openSession({ purpose: 'Be stopped without a script' });
  const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
  const withScripts = await browser.newContext();
  const signedIn = await withScripts.newPage();
  await signIn(signedIn);
  const bare = await browser.newContext({ javaScriptEnabled: false, storageState: await withScripts.storageState() });
  try {
    const page = await bare.newPage();
    await page.goto(`${product.url}/switches`);
    await page.locator('#plain-stop').selectOption(`session ${session.id}`);
    await page.getByRole('button', { name: 'Stop now' }).click();
    await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    await expect(page.locator('body')).toContainText('is stopped');
    await halted;
  } finally {
    await Promise.all([withScripts.close(), bare.close(), agent.close()]);
  }
});
