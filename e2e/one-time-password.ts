import { TOTP } from 'otpauth';
import { expect, type Page } from '@playwright/test';
import { product } from './product';

type Person = { email: string; password: string };
export type Enrolled = { secret: string; recovery: string[]; /** The code of now or the next one that was not used; `newest`: the one that lives longest. */ next: (how?: { newest?: boolean }) => Promise<string> };

/** A code in hand must still be taken once it was typed and sent (milliseconds). */
const IN_HAND_MS = 10_000;
const STEP_MS = 30_000;

/** The code of the oldest step that the server still takes a while from now, or the next that was not used; waits for the clock where the server would not take that yet. */
const codes = (secret: string) => {
  let used = 0;
  const present = () => Math.floor(Date.now() / STEP_MS);
  return async ({ newest = false } = {}) => {
    // The server takes one step early and one late: three uses fit without waiting.
    const oldest = Math.floor((Date.now() + IN_HAND_MS) / STEP_MS) - 1;
    // The newest lives longest: for what is sent once more later on.
    const step = Math.max(newest ? present() + 1 : oldest, used + 1);
    await expect.poll(present, { timeout: 2 * STEP_MS }).toBeGreaterThanOrEqual(step - 1);
    used = step;
    return new TOTP({ secret }).generate({ timestamp: step * STEP_MS });
  };
};

/** Signs in as far as the code. */
export async function passwordStep(page: Page, person: Person): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByLabel('Code from your app')).toBeFocused();
}

/** Sets a one-time password up as a person does; the secret is read off the page. */
export async function enrol(page: Page, person: Person): Promise<Enrolled> {
  await page.goto(`${product.url}/settings`);
  const made = await setUp(page, person);
  await expect(page.getByText('10 of 10 left')).toBeVisible();
  return made;
}

/** The same on whatever page offers it; gives the secret, the recovery codes and the codes that come next. */
export async function setUp(page: Page, person: Person): Promise<Enrolled> {
  await page.getByRole('button', { name: 'Set up a one-time password' }).click();
  await page.getByLabel('Your password').fill(person.password);
  await page.getByRole('button', { name: 'Show the code to scan' }).click();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  const secret = (await page.locator('code[data-secret]').textContent())!.replaceAll(' ', '');
  const next = codes(secret);
  await page.getByLabel('First code from the app').fill('000000');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expect(page.getByText('That code is another one')).toBeVisible();
  await page.getByLabel('First code from the app').fill(await next());
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const dialog = page.getByRole('dialog', { name: 'Keep your recovery codes now.' });
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  const recovery = await dialog.getByRole('listitem').allTextContents();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('I have kept them').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  return { secret, recovery, next };
}
