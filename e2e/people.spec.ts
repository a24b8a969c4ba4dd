import { randomUUID } from 'node:crypto';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { connectAgent, countersign, live, newPerson, product, registerAgent, rest, signIn, signInOnPage, tokenFor } from './product';
import { catchSent, sendAgain } from './replay';

const unique = (word: string) => `${word}-${randomUUID().slice(0, 6)}`;
const mail = (to: string) => ({ tool: 'send_email', args: { to, subject: 'Hello', body: 'A word.' } });
const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const fresh = async (browser: Browser) => (await browser.newContext()).newPage();

async function openPeople(page: Page): Promise<void> {
  await page.goto(`${product.url}/settings/people`);
  await live(page);
}

/** Presses these roles of a person and saves. */
async function changeRoles(page: Page, name: string, ...roles: string[]): Promise<void> {
  await page.getByRole('button', { name: `Acts on ${name}` }).click();
  await page.getByRole('button', { name: 'Change roles…' }).locator('visible=true').click();
  const dialog = page.getByRole('dialog', { name: `Roles of ${name}` });
  for (const role of roles) await dialog.getByRole('button', { name: role, exact: true }).click();
  await dialog.getByRole('button', { name: 'Change roles' }).click();
}

test('somebody who was invited is in with their role; a further one counts for what is asked from now on, and not for what waited', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const name = unique('Invited Ina');
  const person = { email: `${unique('ina')}@example.test`, password: `${randomUUID()} of Ina` };
  const agent = await connectAgent(await registerAgent('waits', 'email:send:**'));
  const theirs = await fresh(browser);
  try {
    await signIn(page);
    await openPeople(page);
    await page.getByRole('button', { name: 'Add a person' }).click();
    const adding = page.getByRole('dialog', { name: 'Add a person' });
    await adding.getByLabel('Name').fill(name);
    await adding.getByLabel('E-mail').fill(person.email);
    await expect(adding.getByRole('button', { name: 'analyst', exact: true })).toHaveAttribute('aria-pressed', 'true');
    await adding.getByRole('button', { name: 'Add and make a link' }).click();
    const handed = page.getByRole('dialog', { name: 'Hand over this link.' });
    const link = await handed.locator('code').textContent();
    await handed.getByRole('button', { name: 'Close' }).click();
    await expect(row(page, name)).toContainText('invited,');

    await theirs.goto(link!);
    await expect(theirs.getByText(name)).toBeVisible();
    await theirs.getByLabel('New password').fill(person.password);
    await theirs.getByRole('button', { name: 'Set password and sign in' }).click();
    await expect(theirs.getByText('Your password is set. Sign in with it.')).toBeVisible();
    await signInOnPage(theirs, person);
    await theirs.goto(`${product.url}/settings`);
    await expect(theirs.getByText(`You are ${name}`)).toBeVisible();
    // The administrator's page heard of it by itself: nothing is left to be taken up.
    await expect(row(page, name)).not.toContainText('invited');
    await expect(row(page, name)).toContainText('analyst');
    await theirs.goto(link!);
    await expect(theirs.getByRole('heading', { name: 'This link was used already.' })).toBeVisible();

    const session = await agent.openSession({ purpose: 'Ask before and after' });
    const before = await session.requestAction(mail('before@waits.example'));
    await theirs.goto(`${product.url}/approvals/${before.approval!.id}`);
    await expect(theirs.getByText('This waits for 1 of responder; you are analyst.')).toBeVisible();

    await changeRoles(page, name, 'responder');
    await expect(row(page, name)).toContainText('analyst, responder');
    await theirs.reload();
    const why = theirs.getByText(/Your role or team for this is newer than the question, and does not count for it until .*: so nobody makes an approver for what waits already/);
    await expect(why).toBeVisible();
    await expect(theirs.getByRole('button', { name: /^Approve once/ })).toHaveCount(0);
    const detail = await rest(await tokenFor(person), `/approvals/${before.approval!.id}`);
    const refused = await rest(await tokenFor(person), `/approvals/${before.approval!.id}/decision`, { verdict: 'approve', digest: detail.body.digest });
    expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('is newer than the question, and so does not count for it yet') } });
    // Who gave it, and until when it waits, is on the page of the roles.
    await page.goto(`${product.url}/settings/roles`);
    await page.locator('summary').filter({ hasText: name }).click();
    await expect(page.getByRole('listitem').filter({ hasText: /responder, given by Administrator, since .*\. Until .* it does not count for what was waiting before\./ }).locator('visible=true')).toBeVisible();

    const after = await session.requestAction(mail('after@waits.example'));
    await theirs.goto(`${product.url}/approvals/${after.approval!.id}`);
    await live(theirs);
    await theirs.getByRole('button', { name: /^Approve once/ }).click();
    await theirs.getByRole('button', { name: /^Sign(?! out)/ }).click();
    expect((await session.waitForDecision(after.actionId)).decision).toBe('allow');
    await session.close('abandoned');
  } finally {
    await Promise.all([theirs.context().close(), agent.close()]);
  }
});

/** Tab by tab to what has this name, as somebody without a mouse gets there; what is reached shows that it is. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let press = 0; press < 400; press += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      return { name: element?.getAttribute('aria-label') ?? element?.innerText.trim() ?? '', outline: element ? getComputedStyle(element).outlineStyle : 'none' };
    });
    if (here.name !== name) continue;
    expect(here.outline).not.toBe('none');
    return;
  }
  throw new Error(`No press of Tab leads to "${name}".`);
}

test('a team is made and filled with the keyboard alone', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const member = await newPerson(browser, unique('Team Tom'), 'analyst');
  const team = unique('payments');
  await signIn(page);
  await openPeople(page);
  await tabTo(page, 'Make a team');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name of the team')).toBeFocused();
  await page.keyboard.type(team);
  await page.keyboard.press('Tab');
  await page.keyboard.type('who lets money go');
  await page.keyboard.press('Enter');
  await expect(row(page, team)).toContainText('nobody');
  await tabTo(page, `Acts on the team ${team}`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Change members…' }).locator('visible=true')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: `Members of ${team}` })).toBeVisible();
  const at = () => page.evaluate(() => document.activeElement?.textContent);
  if ((await at()) !== member.name) await tabTo(page, member.name);
  await page.keyboard.press('Space');
  await tabTo(page, 'Change members');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row(page, team).filter({ hasText: 'who lets money go' })).toContainText(member.name);
  await expect(row(page, member.email)).toContainText(team);
  // The focus is back where it came from.
  await expect(page.getByRole('button', { name: `Acts on the team ${team}` })).toBeFocused();
});

test('a role of one’s own making gives exactly its verbs, and takes them away when it ends', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const [role, viewer] = [unique('session-stopper'), await newPerson(browser, unique('Custom Cleo'), 'viewer')];
  const agent = await connectAgent(await registerAgent('stoppable', 'email:send:**'));
  const theirs = await fresh(browser);
  try {
    const session = await agent.openSession({ purpose: 'Be stopped by a role of its own' });
    const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
    await signInOnPage(theirs, viewer);
    await theirs.goto(`${product.url}/switches`);
    await expect(theirs.getByText('Your role may read this.')).toBeVisible();

    await signIn(page);
    await page.goto(`${product.url}/settings/roles`);
    await page.getByRole('button', { name: 'Make a role' }).click();
    const making = page.getByRole('dialog', { name: 'Make a role' });
    await making.getByLabel('Name of the role').fill('Session Stopper');
    await making.getByRole('button', { name: 'switch.engage.session', exact: true }).click();
    await making.getByRole('button', { name: 'Make the role' }).click();
    await expect(making.getByRole('alert')).toContainText('lower-case letters');
    await making.getByLabel('Name of the role').fill(role);
    await making.getByRole('button', { name: 'Make the role' }).click();
    await expect(row(page, role).first()).toContainText('switch.engage.session');
    await openPeople(page);
    await changeRoles(page, viewer.name, role);
    await expect(row(page, viewer.email)).toContainText(`viewer, ${role}`);

    await theirs.goto(`${product.url}/switches?session=${session.id}`);
    await expect(theirs.getByText('Your role stops single sessions.')).toBeVisible();
    await theirs.getByRole('region', { name: 'Session' }).getByRole('button', { name: /^Stop / }).click();
    await theirs.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    await halted;

    await page.goto(`${product.url}/settings/roles`);
    await expect(row(page, role).first()).toContainText('1 person');
    await page.getByRole('button', { name: `Archive ${role}` }).click();
    await expect(page.getByText(`Nobody has the role ${role} any more.`)).toBeVisible();
    await theirs.goto(`${product.url}/switches`);
    await expect(theirs.getByText('Your role may read this.')).toBeVisible();
  } finally {
    await Promise.all([theirs.context().close(), agent.close()]);
  }
});

test('deactivating somebody ends their open page, their token and their way back at once', async ({ browser, page }) => {
  test.setTimeout(120_000);
  const person = await newPerson(browser, unique('Leaving Lou'), 'analyst');
  const token = await tokenFor(person);
  const theirs = await fresh(browser);
  try {
    await signInOnPage(theirs, person);
    await theirs.goto(`${product.url}/approvals`);
    await live(theirs);
    const cookies = await theirs.context().cookies();
    expect((await rest(token, '/sessions')).status).toBe(200);
    await signIn(page);
    await openPeople(page);
    await page.getByRole('button', { name: `Acts on ${person.name}` }).click();
    await page.getByRole('button', { name: `Deactivate ${person.name}` }).click();
    await expect(row(page, person.email)).toContainText('deactivated');
    // Nothing is pressed or loaded there: the page itself notices that it is over.
    await expect(theirs).toHaveURL(/\/sign-in/);
    expect(await rest(token, '/sessions')).toMatchObject({ status: 401 });
    await theirs.context().addCookies(cookies);
    await theirs.goto(`${product.url}/settings`);
    await expect(theirs).toHaveURL(/\/sign-in/);
    await theirs.getByLabel('E-mail').fill(person.email);
    await theirs.getByLabel('Password').fill(person.password);
    await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(theirs.getByRole('alert').filter({ hasText: 'do not open an account now' })).toBeVisible();
  } finally {
    await theirs.context().close();
  }
});

test('the last administrator stays one, and a viewer is offered no change and refused each', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const viewer = await newPerson(browser, unique('Reading Ria'), 'viewer');
  const { people } = (await countersign('user', 'list')) as { people: { name: string; email: string; roles: string[]; state: string }[] };
  const theirs = await fresh(browser);
  try {
    await signIn(page);
    await openPeople(page);
    // Whom other tests made administrators.
    for (const { name, email } of people.filter((one) => one.state === 'active' && one.roles.includes('admin') && one.email !== product.admin.email)) {
      await row(page, email).getByRole('button', { name: `Acts on ${name}` }).click();
      await page.getByRole('button', { name: `Deactivate ${name}` }).click();
      await expect(row(page, email)).toContainText('deactivated');
    }
    await page.getByRole('button', { name: 'Acts on Administrator' }).click();
    await expect(page.getByRole('button', { name: 'Deactivate Administrator' })).toBeDisabled();
    await page.keyboard.press('Escape');
    const demoted = await catchSent(page, '"analyst"', () => changeRoles(page, 'Administrator', 'admin', 'analyst'));
    const dialog = page.getByRole('dialog', { name: 'Roles of Administrator' });
    await expect(dialog.getByRole('alert')).toContainText('This is the last active administrator who can sign in. Make somebody else an administrator first, and let them sign in.');
    await dialog.getByRole('button', { name: 'Leave' }).click();
    await expect(row(page, product.admin.email)).toContainText('admin');

    const team = unique('offenders');
    await page.getByRole('button', { name: 'Make a team' }).click();
    await page.getByLabel('Name of the team').fill(team);
    const made = await catchSent(page, team, () => page.getByRole('button', { name: 'Make the team' }).click());
    await expect(row(page, team)).toBeVisible();

    await signInOnPage(theirs, viewer);
    for (const address of ['people', 'roles', 'single-sign-on', 'sign-in', 'data']) {
      await theirs.goto(`${product.url}/settings/${address}`);
      const main = theirs.locator('#main');
      await expect(main.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(main.locator('input, select, textarea, button[type="submit"], button[popovertarget]'), address).toHaveCount(0);
      await expect(main.getByRole('button').filter({ hasNotText: /^Copy$/ }), address).toHaveCount(0);
    }
    await theirs.goto(`${product.url}/settings/tokens`);
    await expect(theirs.getByRole('button', { name: 'Make a token for yourself' })).toBeVisible();
    await expect(theirs.getByRole('button', { name: 'Make a service account' })).toHaveCount(0);

    // What the administrator's own page sent, sent by a viewer's.
    await theirs.goto(`${product.url}/settings/people`);
    const another = unique('offenders');
    expect(await sendAgain(theirs, { ...made, body: made.body.replace(team, another) })).toContain('This needs the role admin; you have the role viewer. An administrator can change it.');
    expect(await sendAgain(theirs, demoted)).toContain('This needs the role admin; you have the role viewer.');
    await theirs.reload();
    await expect(row(theirs, team)).toBeVisible();
    await expect(row(theirs, another)).toHaveCount(0);
    await expect(row(theirs, product.admin.email)).toContainText('admin');
  } finally {
    await theirs.context().close();
  }
});
