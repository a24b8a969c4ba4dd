import { expect, test } from '@playwright/test';
import { newPerson, product, signInOnPage } from './product';

test('nobody sees a page without signing in, and is led back to where they wanted', async ({ browser, page }) => {
  const person = await newPerson(browser, 'Led Back', 'viewer');
  await page.goto(`${product.url}/log?stream=org%2Faccess`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${product.url}/log?stream=org%2Faccess`);
});

test('a wrong password and a locked account read the same, and tell nobody who exists', async ({ browser, page }) => {
  const person = await newPerson(browser, 'Locked Out', 'viewer');
  const attempt = async (email: string, password: string): Promise<string> => {
    await page.goto(`${product.url}/sign-in`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    const alert = page.getByRole('alert').filter({ hasText: /\w/ }).first();
    await expect(alert).toContainText('do not open an account now');
    return (await alert.textContent())!;
  };
  const wrong = await attempt(person.email, 'not the password');
  const unknown = await attempt('nobody.at.all@example.test', 'not the password');
  for (let time = 0; time < 5; time += 1) await attempt(person.email, 'not the password');
  // The right password, while it is locked: the very same sentence.
  const locked = await attempt(person.email, person.password);
  expect(unknown).toBe(wrong);
  expect(locked).toBe(wrong);
  expect(wrong).toContain('after several tries in a row wait some minutes');
});

test('signing out ends the session, and a kept cookie opens nothing', async ({ browser, page }) => {
  await signInOnPage(page, await newPerson(browser, 'Leaves Again', 'viewer'));
  const cookies = await page.context().cookies();
  await page.goto(`${product.url}/settings`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
  await page.context().addCookies(cookies);
  await page.goto(`${product.url}/settings`);
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a phone signs out from whatever page it is on', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  try {
    const page = await context.newPage();
    await signInOnPage(page, await newPerson(browser, 'Leaves By Phone', 'viewer'), { as: 'new browser' });
    await page.goto(`${product.url}/log`);
    await page.getByRole('button', { name: 'More' }).tap();
    const leave = page.getByRole('dialog', { name: 'More' }).getByRole('button', { name: 'Sign out' });
    expect((await leave.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/more-phone.png` });
    await leave.tap();
    await page.waitForURL(/\/sign-in/);
    await page.goto(`${product.url}/log`);
    await expect(page).toHaveURL(/\/sign-in/);
  } finally {
    await context.close();
  }
});

test('a viewer reads everything and is offered nothing they may not do', async ({ browser, page }) => {
  await signInOnPage(page, await newPerson(browser, 'Only Reads', 'viewer'));
  await page.goto(`${product.url}/switches`);
  await expect(page.getByText('Stopping a session takes the role analyst')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Arm|^Stop / })).toHaveCount(0);
  await page.goto(`${product.url}/agents/new`);
  await expect(page).toHaveURL(/\/agents$/);
  await page.goto(`${product.url}/settings`);
  await expect(page.getByRole('button', { name: 'Add a person' })).toHaveCount(0);
});
