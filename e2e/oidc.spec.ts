import { randomUUID } from 'node:crypto';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { newPerson, product, signIn, signInOnPage, watchConsole } from './product';

const issuer = () => process.env.E2E_OIDC_ISSUER ?? '';
/** What the provider says about an account from now on. */
const account = async (subject: string, says: Record<string, unknown>) => {
  const answer = await fetch(`${issuer()}/accounts/${subject}`, { method: 'PUT', body: JSON.stringify({ email: `${subject}@example.test`, email_verified: true, name: `Person ${subject.slice(0, 6)}`, ...says }) });
  expect(answer.status).toBe(204);
};
const unique = (word: string) => `${word}-${randomUUID().slice(0, 8)}`;

test.beforeEach(() => { test.skip(issuer() === '', 'the product that is used here was started without a provider'); });

async function continueAs(page: Page, subject: string, act = 'Sign in'): Promise<void> {
  await page.getByLabel('Account').fill(subject);
  await page.getByRole('button', { name: act }).click();
}
async function signInThere(page: Page, subject: string, act?: string, from = '/sign-in'): Promise<void> {
  await page.goto(`${product.url}${from}`);
  await page.getByRole('button', { name: 'Continue with Test login' }).click();
  await continueAs(page, subject, act);
}
const inside = (page: Page) => expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeAttached();
const fresh = async (browser: Browser) => (await browser.newContext()).newPage();

/** An administrator says on the page what a group gives. */
async function mapGroup(browser: Browser, group: string, role: string): Promise<void> {
  const page = await fresh(browser);
  await signIn(page);
  await page.goto(`${product.url}/settings/single-sign-on`);
  await page.getByRole('button', { name: 'Map a group' }).click();
  await page.getByRole('textbox', { name: 'Group', exact: true }).fill(group);
  await page.getByRole('dialog').getByRole('button', { name: role, exact: true }).click();
  await page.getByRole('button', { name: 'Save what it gives' }).click();
  await expect(page.getByRole('cell', { name: group, exact: true })).toBeVisible();
  await page.context().close();
}

test('a group gives a role at sign-in; without it the role is gone at the next one, and the other browser is out', async ({ browser, page }) => {
  const [group, second, subject] = [unique('analysts'), unique('responders'), unique('ada')];
  await mapGroup(browser, group, 'viewer');
  await mapGroup(browser, second, 'analyst');
  await account(subject, { groups: [group, second, 'everybody'] });
  const said = watchConsole(page);
  await signInThere(page, subject, undefined, '/sign-in?next=%2Fsettings');
  await page.waitForURL(`${product.url}/settings`);
  await expect(page.getByText(/You are .*, viewer, analyst\./)).toBeVisible();
  await expect(page.getByText('its groups give your roles and teams')).toBeVisible();
  // The provider of the tests has no icon, and says so.
  expect(said.filter((line) => !/404/.test(line))).toEqual([]);
  const cookies = await page.context().cookies();
  expect(cookies.filter((one) => /state|pkce|nonce/.test(one.name))).toEqual([]);
  expect(cookies.every((one) => one.httpOnly)).toBe(true);

  await account(subject, { groups: [group] });
  const other = await fresh(browser);
  await signInThere(other, subject, undefined, '/sign-in?next=%2Fsettings');
  await other.waitForURL(`${product.url}/settings`);
  await expect(other.getByText(/You are .*, viewer\./)).toBeVisible();
  await page.goto(`${product.url}/settings`);
  await expect(page).toHaveURL(/\/sign-in/);
});

test('somebody unknown, somebody who turned back and a provider that is not asked leave the page with a sentence of ours', async ({ browser, page }) => {
  const stranger = unique('stranger');
  await account(stranger, { groups: ['nothing that is mapped'] });
  await signInThere(page, stranger);
  await expect(page.getByRole('alert').filter({ hasText: 'no account that it opens now' })).toBeVisible();

  const back = await fresh(browser);
  await signInThere(back, 'nobody', 'Turn back');
  await expect(back.getByRole('alert').filter({ hasText: 'or you turned back there' })).toBeVisible();

  await page.goto(`${product.url}/sign-in?error=%3Cb%3Eowned%3C%2Fb%3E`);
  await expect(page.getByRole('button', { name: 'Continue with Test login' })).toBeVisible();
  await expect(page.getByText('owned')).toHaveCount(0);
});

test('it leads to pages of this console and nowhere else', async ({ browser, page }) => {
  const [group, subject] = [unique('group'), unique('alan')];
  await mapGroup(browser, group, 'viewer');
  await account(subject, { groups: [group] });
  await signInThere(page, subject, undefined, `/sign-in?next=${encodeURIComponent('https://evil.example/')}`);
  await page.waitForURL(`${product.url}/`);
  await inside(page);
});

test('a password account is not taken over by an address; its person links the provider under You, and then it opens', async ({ browser, page }) => {
  const person = await newPerson(browser, 'Keeps Password', 'responder');
  const subject = unique('keeps');
  await account(subject, { email: person.email, groups: [] });
  await signInThere(page, subject);
  await expect(page.getByRole('alert').filter({ hasText: 'no account that it opens now' })).toBeVisible();

  const own = await fresh(browser);
  await signInOnPage(own, person);
  await own.goto(`${product.url}/settings`);
  await own.getByRole('button', { name: 'Link Test login' }).click();
  // However lately they signed in: a link is made by whoever shows at this moment that it is them.
  const proof = own.getByRole('dialog', { name: 'Show once more that it is you' });
  await proof.getByLabel(/Your password/).fill('not the password');
  await proof.getByRole('button', { name: 'Go on' }).click();
  await expect(proof.getByText('That is not your password.')).toBeVisible();
  await proof.getByLabel(/Your password/).fill(person.password);
  await proof.getByRole('button', { name: 'Go on' }).click();
  await continueAs(own, subject);
  await own.waitForURL(/settings\?oidc=linked/);
  await expect(own.getByText('Test login opens this account from now on.')).toBeVisible();

  const next = await fresh(browser);
  await signInThere(next, subject, undefined, '/sign-in?next=%2Fsettings');
  await next.waitForURL(`${product.url}/settings`);
  await expect(next.getByText(/You are .*, responder\./)).toBeVisible();
  await own.goto(`${product.url}/settings`);
  await own.getByRole('button', { name: 'Unlink' }).click();
  await expect(own.getByRole('button', { name: 'Link Test login' })).toBeVisible();
});
