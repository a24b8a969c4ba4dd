import { expect, test, type CDPSession, type Page } from '@playwright/test';
import { newPerson, product, signInOnPage, watchConsole } from './product';

type Credential = { credentialId: string; signCount: number; isResidentCredential: boolean; rpId?: string };

/** A key in the browser's own device that checks its person, as the DevTools protocol offers it. */
async function plugIn(page: Page): Promise<{ cdp: CDPSession; id: string; keys: () => Promise<Credential[]> }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId: id } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return { cdp, id, keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials as Credential[] };
}

async function register(page: Page, name: string) {
  await page.goto(`${product.url}/settings`);
  await page.getByLabel('Name of the new passkey').fill(name);
  await page.getByRole('button', { name: 'Register a passkey' }).click();
  await expect(page.locator('#passkeys').getByRole('button', { name: `Remove ${name}` })).toBeVisible();
}

async function signOut(page: Page) {
  await page.goto(`${product.url}/settings`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
}

async function signInByKey(page: Page) {
  await page.goto(`${product.url}/sign-in?next=%2Fsettings`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
}

test('a person registers a passkey, signs out, and comes in by it without typing a name', async ({ browser, page }) => {
  const said = watchConsole(page);
  const person = await newPerson(browser, 'Key Holder', 'analyst');
  const { keys } = await plugIn(page);
  await signInOnPage(page, person);
  await register(page, 'Work laptop');
  expect(await keys()).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
  await signOut(page);
  await signInByKey(page);
  await page.waitForURL(`${product.url}/settings`);
  await expect(page.getByText('You are Key Holder')).toBeVisible();
  expect(said).toEqual([]);
});

test('a removed passkey opens nothing, and the page says so without saying why', async ({ browser, page }) => {
  const { keys } = await plugIn(page);
  await signInOnPage(page, await newPerson(browser, 'Lost Key', 'analyst'));
  await register(page, 'Lost one');
  // Lost: signed in another way, it is taken away, while the key itself still has what it had.
  await page.getByRole('button', { name: 'Remove Lost one' }).click();
  await page.getByRole('button', { name: 'Remove this passkey' }).click();
  await expect(page.locator('#passkeys').getByRole('button', { name: 'Remove Lost one' })).toHaveCount(0);
  expect(await keys()).toHaveLength(1);
  await signOut(page);
  await signInByKey(page);
  await expect(page.getByRole('alert').filter({ hasText: 'does not open an account here now' })).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a key that does not check its person makes no passkey, and one that is not used changes nothing', async ({ browser, page }) => {
  const { cdp, id } = await plugIn(page);
  await signInOnPage(page, await newPerson(browser, 'Unverified', 'analyst'));
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
  await page.goto(`${product.url}/settings`);
  await page.getByLabel('Name of the new passkey').fill('No finger');
  await page.getByRole('button', { name: 'Register a passkey' }).click();
  await expect(page.locator('#passkeys').getByRole('alert')).toContainText(/was not used|does not check/);
  await expect(page.getByRole('button', { name: 'Remove No finger' })).toHaveCount(0);
});

test('the same answer twice, and one to another challenge, open nothing', async ({ browser, page }) => {
  await plugIn(page);
  await signInOnPage(page, await newPerson(browser, 'Replayed', 'analyst'));
  await register(page, 'Recorded');
  await signOut(page);
  const posted = page.waitForRequest((request) => request.url().endsWith('/api/auth/callback/passkey'));
  await signInByKey(page);
  const fields = new URLSearchParams((await posted).postData()!);
  await page.waitForURL(`${product.url}/settings`);
  await page.context().clearCookies();
  // What somebody who listened would send: the answer that opened a moment ago, with a csrf token of their own.
  const again = await page.evaluate(async (sent) => {
    const { csrfToken } = (await (await fetch('/api/auth/csrf')).json()) as { csrfToken: string };
    const answer = await fetch('/api/auth/callback/passkey', { method: 'POST', body: new URLSearchParams({ ...sent, csrfToken }) });
    return { status: answer.status, text: await answer.text() };
  }, Object.fromEntries(fields));
  expect(again.status).toBe(401);
  expect(again.text).toContain('CredentialsSignin');
  await page.goto(`${product.url}/settings`);
  await expect(page).toHaveURL(/\/sign-in/);
});

test.describe('how it looks', () => {
  test.skip(!process.env.E2E_PICTURES, 'for looking at, when E2E_PICTURES names a folder');
  for (const [size, viewport] of [['desk', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844 }]] as const) {
    for (const colorScheme of ['dark', 'light'] as const) {
      test(`${size}, ${colorScheme}`, async ({ browser }) => {
        const context = await browser.newContext({ viewport, colorScheme, isMobile: size === 'phone' });
        const page = await context.newPage();
        const shoot = (name: string) => page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}--${size}-${colorScheme}.png` });
        const { cdp, id } = await plugIn(page);
        await page.goto(`${product.url}/sign-in`);
        await shoot('sign-in');
        await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
        await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible();
        await shoot('sign-in-refused');
        await signInOnPage(page, await newPerson(browser, 'Pictured', 'analyst'));
        await page.goto(`${product.url}/settings`);
        await shoot('settings-none');
        await register(page, 'Work laptop');
        // As if another key were at hand: one device makes one passkey for a person.
        await cdp.send('WebAuthn.clearCredentials', { authenticatorId: id });
        await register(page, 'Blue key on the ring of Halden');
        await shoot('settings-two');
        await page.getByRole('button', { name: 'Remove Work laptop' }).click();
        await shoot('remove');
        await page.getByRole('button', { name: 'Keep it' }).click();
        await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: false });
        await cdp.send('WebAuthn.clearCredentials', { authenticatorId: id });
        await page.getByLabel('Name of the new passkey').fill('Third');
        await page.getByRole('button', { name: 'Register a passkey' }).click();
        await expect(page.locator('.step-up')).toBeVisible();
        await shoot('waiting');
        await context.close();
      });
    }
  }
});
