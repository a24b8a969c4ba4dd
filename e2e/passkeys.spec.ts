import { expect, test, type Page } from '@playwright/test';
import { plugIn, register } from './authenticator';
import { enrol, passwordStep } from './one-time-password';
import { newPerson, product, signedIn, signInOnPage, signOut, watchConsole } from './product';

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

test('whoever lost their key comes in by a recovery code, takes the key away and registers another', async ({ browser, page }) => {
  const person = await newPerson(browser, 'Key Gone', 'analyst');
  const { keys, lose } = await plugIn(page);
  await signInOnPage(page, person);
  const { recovery } = await enrol(page, person);
  await register(page, 'Old key');
  await signOut(page);
  await lose();
  await signInByKey(page);
  await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);

  await passwordStep(page, person);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(recovery[3]!);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);
  await page.goto(`${product.url}/settings`);
  await page.getByRole('button', { name: 'Remove Old key' }).click();
  await page.getByRole('button', { name: 'Remove this passkey' }).click();
  await expect(page.locator('#passkeys').getByRole('button', { name: 'Remove Old key' })).toHaveCount(0);
  await register(page, 'New key');
  expect(await keys()).toHaveLength(1);
  await signOut(page);
  await signInByKey(page);
  await page.waitForURL(`${product.url}/settings`);
  await expect(page.getByText('9 of 10 left')).toBeVisible();
});

test('a key that does not check its person makes no passkey, and one that is not used changes nothing', async ({ browser, page }) => {
  const { verifies } = await plugIn(page);
  await signInOnPage(page, await newPerson(browser, 'Unverified', 'analyst'));
  await verifies(false);
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
