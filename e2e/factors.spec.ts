import { expect, test, type Page } from '@playwright/test';
import { enrol, passwordStep, setUp } from './one-time-password';
import { connectAgent, newPerson, product, registerAgent, signedIn, signInOnPage, signOut, watchConsole } from './product';

test('a one-time password is set up, asked for, and taken once; a recovery code opens once', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const said = watchConsole(page);
  const person = await newPerson(browser, 'Two Steps', 'analyst');
  await signInOnPage(page, person);
  const { recovery, next } = await enrol(page, person);
  await signOut(page);

  await passwordStep(page, person);
  await page.getByLabel('Code from your app').fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'That code is another one' })).toBeVisible();
  const code = await next({ newest: true });
  await page.getByLabel('Code from your app').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);
  await signOut(page);

  // The very code that opened a moment ago.
  await passwordStep(page, person);
  await page.getByLabel('Code from your app').fill(code);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'used already' })).toBeVisible();
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await expect(page.getByLabel('Recovery code')).toBeFocused();
  await page.getByLabel('Recovery code').fill(recovery[0]!.toUpperCase());
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);
  await page.goto(`${product.url}/settings`);
  await expect(page.getByText('9 of 10 left')).toBeVisible();
  await signOut(page);

  await passwordStep(page, person);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(recovery[0]!);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'none of yours' })).toBeVisible();
  await page.getByLabel('Recovery code').fill(recovery[1]!);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);

  await page.goto(`${product.url}/settings/history`);
  const history = page.getByRole('list', { name: 'Sign-ins and refused attempts' });
  await expect(history.getByText('Signed in by password and recovery code')).toHaveCount(2);
  // The sign-in in which the code was set up has shown it as well.
  await expect(history.getByText('Signed in by password and one-time password')).toHaveCount(2);
  await expect(history.getByText('Refused with the right password and a wrong code')).toHaveCount(3);
  await expect(history.getByText(/signed out/)).toHaveCount(3);
  // What a browser reports of refused sign-ins is their status, and nothing else.
  expect(said.filter((line) => !/status of 401/.test(line))).toEqual([]);
});

test('the second step is only for the browser that took the first one, and only for a while', async ({ browser, page, context }) => {
  const person = await newPerson(browser, 'Bound Steps', 'viewer');
  await signInOnPage(page, person);
  const { recovery } = await enrol(page, person);
  await signOut(page);
  await passwordStep(page, person);
  // Without what the first step left in this browser the code alone opens nothing, whatever the page says.
  const step = (await context.cookies()).find((cookie) => cookie.name === 'countersign.step')!;
  expect(step).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  await context.clearCookies({ name: 'countersign.step' });
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(recovery[2]!);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Sign in again from the start' })).toBeVisible();
  await passwordStep(page, person);
  const used = (await context.cookies()).find((cookie) => cookie.name === 'countersign.step')!;
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(recovery[2]!);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);
  // A step that led in leads in no second time.
  const old = await browser.newContext();
  try {
    await old.addCookies([used]);
    const other = await old.newPage();
    await other.goto(`${product.url}/sign-in`);
    const answer = await other.evaluate(async (code) => {
      const { csrfToken } = (await (await fetch('/api/auth/csrf')).json()) as { csrfToken: string };
      return (await (await fetch('/api/auth/callback/second-step', { method: 'POST', body: new URLSearchParams({ csrfToken, code, json: 'true' }) })).json()) as { url: string };
    }, recovery[3]!);
    expect(answer.url).toMatch(/error=/);
    expect((await old.cookies()).some((cookie) => cookie.name === 'countersign.session')).toBe(false);
  } finally {
    await old.close();
  }
});

test('a new browser is told to the others, and what was not oneself ends at a word', async ({ browser, page }) => {
  const person = await newPerson(browser, 'Knows Browsers', 'analyst');
  await signInOnPage(page, person);
  const mine = await browser.newContext();
  const theirs = await browser.newContext();
  try {
    const [phone, stranger] = [await mine.newPage(), await theirs.newPage()];
    await signInOnPage(phone, person, { as: 'new browser' });
    await expect(phone.getByText('A new browser signed in as you')).toHaveCount(0);
    await page.goto(product.url);
    await page.getByText('A new browser signed in as you').waitFor();
    await page.getByRole('button', { name: 'I know it' }).click();
    await expect(page.getByText('A new browser signed in as you')).toHaveCount(0);

    await signInOnPage(stranger, person, { as: 'new browser' });
    await page.goto(`${product.url}/settings`);
    await expect(page.getByRole('heading', { name: 'Was this you?' })).toBeVisible();
    await page.getByRole('button', { name: 'It wasn’t me' }).click();
    await expect(page.getByText('Somebody has your password. Change it now.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Was this you?' })).toHaveCount(0);
    await stranger.goto(`${product.url}/settings`);
    await expect(stranger).toHaveURL(/\/sign-in/);
    await phone.goto(`${product.url}/settings`);
    await expect(phone.getByRole('heading', { name: 'You and your keys' })).toBeVisible();

    // One's own other browser, ended from the list.
    await page.reload();
    await page.getByRole('button', { name: 'End the other one' }).click();
    await expect(page.getByText('All other sign-ins have ended.')).toBeVisible();
    await phone.goto(`${product.url}/settings`);
    await expect(phone).toHaveURL(/\/sign-in/);

    // The password, changed as it was advised: the old one opens nothing.
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('Present password').fill('not the password');
    await page.getByLabel('New password').fill(`${person.password} and more`);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await expect(page.getByText('The present password is another one.')).toBeVisible();
    await page.getByLabel('Present password').fill(person.password);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await expect(page.getByText('Your password is changed.')).toBeVisible();
    await signInOnPage(phone, { ...person, password: `${person.password} and more` });
    await page.goto(`${product.url}/settings/history`);
    await expect(page.getByText(/ended as somebody else’s/)).toHaveCount(1);
  } finally {
    await mine.close();
    await theirs.close();
  }
});

test('an administrator sets how long sign-ins last and reads anybody’s history; others only read the limits', async ({ browser, page }) => {
  const viewer = await newPerson(browser, 'Reads Limits', 'viewer');
  await signInOnPage(page, viewer);
  await page.goto(`${product.url}/settings/sign-in`);
  await expect(page.getByText('A sign-in is over after 720 minutes')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Set the limits' })).toHaveCount(0);
  const context = await browser.newContext();
  try {
    const admin = await context.newPage();
    await signInOnPage(admin);
    await admin.goto(`${product.url}/settings/sign-in`);
    const idle = admin.getByLabel('Minutes without a hand on it');
    await idle.fill('60');
    await admin.getByRole('button', { name: 'Set the limits' }).click();
    await expect(admin.getByText('The limits are set.')).toBeVisible();
    await page.reload();
    await expect(page.getByText('A sign-in is over after 60 minutes')).toBeVisible();
    await idle.fill('720');
    await admin.getByRole('button', { name: 'Set the limits' }).click();
    await expect(async () => {
      await page.reload();
      await expect(page.getByText('A sign-in is over after 720 minutes')).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await admin.goto(`${product.url}/settings/people`);
    await admin.getByRole('button', { name: 'Acts on Reads Limits' }).click();
    await admin.getByRole('link', { name: 'Sign-ins of Reads Limits' }).click();
    await expect(admin.getByRole('heading', { name: 'Sign-ins of Reads Limits' })).toBeVisible();
    await expect(admin.getByText('Signed in by password')).toHaveCount(1);
  } finally {
    await context.close();
  }
});

test('a second factor that is required is set up before anything else, and stopping works meanwhile', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const keeper = await newPerson(browser, 'Requires Factors', 'admin');
  const person = await newPerson(browser, 'Owes A Factor', 'responder');
  const agent = await connectAgent(await registerAgent('stopped meanwhile', 'email:send:**'));
  const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
  const [admin, stranger] = await Promise.all(contexts.map((context) => context.newPage())) as [Page, Page];
  const requireOf = async (from: string) => {
    await admin.goto(`${product.url}/settings/sign-in`);
    await admin.getByLabel('Required of').selectOption({ label: from });
    await admin.getByRole('button', { name: 'Set who needs one' }).click();
    await expect(admin.getByText(`A second factor is required of ${from}.`)).toBeVisible();
  };
  // Whoever requires one has shown theirs: else this page would be closed to them too.
  await signInOnPage(admin, keeper);
  await enrol(admin, keeper);
  try {
    const session = await agent.openSession({ purpose: 'Runs until somebody stops it' });
    const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
    await signInOnPage(page, person);
    await signInOnPage(stranger, person, { as: 'new browser' });
    await requireOf('responders and above');

    // Wherever they go, they are led to set one up, and back to where they wanted afterwards.
    await page.goto(`${product.url}/log`);
    await expect(page.getByRole('heading', { name: 'Set up your second factor' })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Main' }).first().getByRole('link', { name: 'Approvals' })).toHaveCount(0);
    await page.goto(`${product.url}/approvals`);
    await expect(page).toHaveURL(/\/second-factor\?next=/);
    // What stops is where it always is.
    await page.getByRole('link', { name: 'STOP' }).first().click();
    await page.goto(`${product.url}/switches?session=${session.id}`);
    await page.getByRole('region', { name: 'Session' }).getByRole('button', { name: /^Stop/ }).click();
    await halted;

    await page.goto(`${product.url}/settings`);
    await page.waitForURL(/\/second-factor\?next=%2Fsettings/);
    const { recovery } = await setUp(page, person);
    await expect(page.getByRole('heading', { name: 'Your second factor is set up' })).toBeVisible();
    await page.getByRole('link', { name: 'Go on to the console' }).click();
    await expect(page.getByRole('heading', { name: 'You and your keys' })).toBeVisible();
    await expect(page.getByText('10 of 10 left')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Remove the one-time password' })).toBeVisible();

    // A browser that has the password alone gets no further than to signing in anew.
    await stranger.goto(`${product.url}/settings`);
    await expect(stranger.getByRole('heading', { name: 'Sign in with your second factor' })).toBeVisible();
    await expect(stranger.getByRole('button', { name: 'Set up a one-time password' })).toHaveCount(0);
    await stranger.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await stranger.waitForURL(/\/sign-in/);
    await passwordStep(stranger, person);
    await stranger.getByRole('button', { name: 'Use a recovery code' }).click();
    await stranger.getByLabel('Recovery code').fill(recovery[0]!);
    await stranger.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signedIn(stranger);
    await stranger.goto(`${product.url}/log`);
    await expect(stranger).toHaveURL(`${product.url}/log`);
  } finally {
    await requireOf('nobody');
    await agent.close();
    await Promise.all(contexts.map((context) => context.close()));
  }
});
