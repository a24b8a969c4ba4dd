import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { plugIn, register } from './authenticator';
import { enrol, passwordStep } from './one-time-password';
import { countersign, newPerson, product, signedIn, signIn, signInOnPage, signOut, watchConsole } from './product';

test('a key is rotated on the host, the page shows both, nobody is signed out, and nothing private is on it', async ({ page }) => {
  await signIn(page);
  const said = watchConsole(page);
  await page.goto(`${product.url}/settings/keys`);
  const permits = page.locator('#permit');
  await expect(permits).toContainText('Held by the gateway');
  await expect(permits.locator('.key-line')).toHaveCount(1);
  await expect(page.locator('#control-order')).toContainText('Pin for agents');

  for (const name of ['permit', 'control', 'auth']) await countersign('keys', 'rotate', name);
  await page.reload();
  await expect(permits.locator('.key-line')).toHaveCount(2);
  await expect(page.locator('#control-order')).toContainText('signs once the old one is retired');
  // The cookie was sealed with the secret before; the page came all the same.
  await expect(page.locator('#auth .key-line')).toHaveCount(2);

  const folder = path.join(product.dataDir, 'keys');
  const html = await page.content();
  const secrets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(jwk|key|secret)$/.test(file)).map((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    return file.endsWith('.jwk') ? (JSON.parse(text) as { d: string }).d : text.split('\n')[0]!;
  });
  expect(secrets.length).toBeGreaterThan(6);
  for (const secret of secrets) expect(html.includes(secret)).toBe(false);
  expect(said).toEqual([]);

  if (process.env.SHOTS) {
    for (const [device, size] of [['desktop', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844 }]] as const) {
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: path.join(process.env.SHOTS, `keys-${device}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  await countersign('keys', 'retire', 'control', '--now');
  await countersign('keys', 'retire', 'permit', '--now');
  await page.reload();
  await expect(permits.locator('.key-line')).toHaveCount(1);
});

test('the key that seals one-time passwords is changed under a running console, and everybody comes in as before', async ({ browser, page }) => {
  const [stepped, plain] = [await newPerson(browser, 'Sealed Anew', 'analyst'), await newPerson(browser, 'Password Alone', 'viewer')];
  const elsewhere = await browser.newContext();
  try {
    const other = await elsewhere.newPage();
    await signInOnPage(other, plain, { as: 'new browser' });
    await plugIn(page);
    await signInOnPage(page, stepped);
    const { recovery, next } = await enrol(page, stepped);
    await register(page, 'Work laptop');
    await signOut(page);

    // Half-way in: the password before, the code after. As the manual has it, line by line.
    await passwordStep(page, stepped);
    const { kid } = await countersign('keys', 'rotate', 'credential-wrapping');
    const { rewrapped, unopened } = (await countersign('keys', 'rewrap', 'credential-wrapping')) as { rewrapped: number; unopened: number };
    expect(rewrapped).toBeGreaterThan(0);
    expect(unopened).toBe(0);
    await countersign('keys', 'retire', 'credential-wrapping', '--now');
    await page.getByLabel('Code from your app').fill(await next());
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signedIn(page);
    const { keys } = (await countersign('keys', 'list')) as { keys: { name: string; kid: string }[] };
    expect(keys.filter(({ name }) => name === 'credential-wrapping').map((one) => one.kid)).toEqual([kid]);

    // Whoever was signed in still is; then by a code, a recovery code and a passkey.
    await page.goto(`${product.url}/settings`);
    await expect(page.getByText('You are Sealed Anew')).toBeVisible();
    await signOut(page);
    await passwordStep(page, stepped);
    await page.getByLabel('Code from your app').fill(await next({ newest: true }));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signedIn(page);
    await signOut(page);
    await passwordStep(page, stepped);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recovery[0]!);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signedIn(page);
    await signOut(page);
    await page.goto(`${product.url}/sign-in?next=%2Fsettings`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(`${product.url}/settings`);
    await expect(page.getByText('You are Sealed Anew')).toBeVisible();

    // And by a password alone, and by a one-time password set up since.
    await signOut(other);
    await signInOnPage(other, plain, { as: 'new browser' });
    const since = await enrol(other, plain);
    await signOut(other);
    await passwordStep(other, plain);
    await other.getByLabel('Code from your app').fill(await since.next());
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signedIn(other);
  } finally {
    await elsewhere.close();
  }
});
