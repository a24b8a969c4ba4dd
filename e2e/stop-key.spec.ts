import { expect, test } from '@playwright/test';
import { SessionStopped } from '@/lib/sdk';
import { live, newPerson, product, signIn } from './product';
import { consoleDies, device, endSignIn, holdsKey, keptKey, release, signedStop, signInHere, standing, working } from './stop-key-device';

// Several devices, people and sign-ins each, and a page that has to notice that its console is gone.
test.describe.configure({ timeout: 180_000 });

const mail = { tool: 'send_email', args: { to: 'ada@customer.example', subject: 'Hello', body: 'A word.' } };
const controlUrl = () => process.env.E2E_CONTROL_URL!.replace('127.0.0.1', 'localhost');

test('a device stops everything after its sign-in has ended', async ({ browser }) => {
  const { person, context, page } = await device(browser, 'Night Watch', 'responder');
  const { agent, session, halted } = await working('halted-by-device');
  try {
    await endSignIn(browser, context);
    // STOP leads to the sign-in page, where nothing can be read and everything can be stopped.
    await page.goto(`${product.url}/switches`);
    await page.waitForURL(/\/sign-in\?next=/);
    const panel = page.getByRole('region', { name: 'Stop from this device' });
    await panel.getByRole('button', { name: 'Stop everything from this device' }).click();
    await page.keyboard.press('Escape');
    await expect(panel.getByRole('button', { name: 'Stop everything', exact: true })).toHaveCount(0);
    await panel.getByRole('button', { name: 'Stop everything from this device' }).click();
    await panel.getByRole('button', { name: 'Stop everything', exact: true }).click();
    await expect(panel.getByRole('alert')).toContainText('Stopped, from this device.');
    await halted;
    await expect(session.requestAction(mail)).rejects.toThrow(SessionStopped);

    // Once more does no harm and says so; nothing but the order's place was told.
    await page.reload();
    await panel.getByRole('button', { name: 'Stop everything from this device' }).click();
    await panel.getByRole('button', { name: 'Stop everything', exact: true }).click();
    await expect(panel.getByRole('alert')).toContainText('It was stopped already');

    // Signed in again, the order says who and by what.
    await panel.getByRole('link', { name: 'Sign in to follow it' }).click();
    await page.waitForURL(/next=%2Fswitches/);
    const followed = new URL(page.url()).searchParams.get('next')!;
    expect(followed).toMatch(/^\/switches\/[0-9a-f-]{36}$/);
    await signInHere(page, person);
    await page.goto(product.url + followed);
    await expect(page.locator('.stages')).toContainText('Night Watch, by a device’s stop key');
  } finally {
    await agent.close();
    await release([context]);
  }
});

test('the stop panel goes on by the device\'s key when the sign-in ends under it', async ({ browser }) => {
  const { context, page } = await device(browser, 'Panel Watch', 'responder', { width: 390, height: 844 });
  const { agent, session, halted } = await working('halted-by-panel');
  try {
    await page.goto(`${product.url}/switches?session=${session.id}`);
    await live(page);
    // The cookie is over its time; the page that stands does not know it yet.
    await context.clearCookies();
    await page.getByRole('region', { name: 'Session' }).getByRole('button', { name: /^Stop/ }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Stopped, from this device.' })).toContainText('New sessions of its agent are held for 10 minutes.');
    await halted;
    await expect(agent.openSession({ purpose: 'Begin anew' })).rejects.toMatchObject({ code: 'held' });
    await expect(session.requestAction(mail)).rejects.toThrow(SessionStopped);
  } finally {
    await agent.close();
    await release([context]);
  }
});

test('with the console dead, a device stops by control alone', async ({ browser }) => {
  const { context, page } = await device(browser, 'Dead Console', 'responder');
  const { agent, halted } = await working('halted-by-control');
  try {
    const die = await consoleDies(page);
    await page.goto(`${product.url}/switches`);
    await live(page);
    await die();
    const everything = page.getByRole('region', { name: 'Global' });
    await everything.getByRole('button', { name: /^Arm/ }).click();
    const byControl = page.waitForResponse((response) => response.url() === `${controlUrl()}/v1/switches/engage-by-key` && response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Stop everything' }).click();
    expect((await byControl).status()).toBe(202);
    await expect(page.getByRole('alert').filter({ hasText: 'Stopped, from this device.' })).toBeVisible();
    await halted;
    // Minutes later the page knows that its console is gone, and that STOP is not.
    await expect(page.locator('h1').first()).toHaveText('The console does not answer. STOP does.', { timeout: 30_000 });
  } finally {
    await agent.close();
    await release([context]);
  }
});

test('on a page that lost its console, STOP opens the device\'s own way, for the session in view too', async ({ browser }) => {
  const { context, page } = await device(browser, 'Lost Console', 'responder');
  const { agent, session, halted } = await working('halted-from-lost-page');
  try {
    const die = await consoleDies(page);
    await page.goto(`${product.url}/sessions/${session.id}`);
    await live(page);
    await die();
    // In the bar it is a button now, and no link to a page that nobody would get; red once control has answered.
    const stop = page.locator('button.stop-button:visible');
    await expect(stop).not.toHaveAttribute('data-dead', { timeout: 30_000 });
    await stop.click();
    const dialog = page.getByRole('dialog', { name: 'The console does not answer. STOP does.' });
    await expect(dialog.getByRole('checkbox', { name: /holds new sessions of its agent for 10 minutes/ })).toBeChecked();
    await dialog.getByRole('button', { name: 'Stop the session in view' }).click();
    await expect(dialog.getByRole('alert')).toContainText('New sessions of its agent are held for 10 minutes.');
    await halted;
    await expect(agent.openSession({ purpose: 'Begin anew' })).rejects.toMatchObject({ code: 'held' });
    // Where control is gone as well, STOP must not look alive.
    await context.route((url) => url.origin === controlUrl(), (route) => route.abort());
    await page.keyboard.press('Escape');
    await expect(stop).toHaveAttribute('data-dead', { timeout: 30_000 });
  } finally {
    await agent.close();
    await release([context]);
  }
});

test('a revoked key is refused and forgotten; a browser without one has the command', async ({ browser }) => {
  const { person, context, page } = await device(browser, 'Lost Phone', 'responder');
  const other = await browser.newContext();
  try {
    // From another device: revoke this one's key, and end its sign-in.
    const elsewhere = await other.newPage();
    await signInHere(elsewhere, person);
    await holdsKey(elsewhere);
    await elsewhere.goto(`${product.url}/settings`);
    const keys = elsewhere.getByRole('region', { name: 'Devices that can stop without signing in' });
    await expect(keys.getByText(', this device')).toHaveCount(1);
    await keys.getByRole('button', { name: /^Revoke the key of/ }).click();
    await expect(keys.getByRole('row')).toHaveCount(1);
    await page.context().clearCookies();

    await page.goto(`${product.url}/sign-in`);
    const panel = page.getByRole('region', { name: 'Stop from this device' });
    await panel.getByRole('button', { name: 'Stop everything from this device' }).click();
    await panel.getByRole('button', { name: 'Stop everything', exact: true }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'was revoked, so nothing was stopped' })).toBeVisible();
    expect(await keptKey(page)).toBeNull();
    await page.reload();
    await expect(page.getByText('countersign stop --help')).toBeVisible();
    await expect(panel).toHaveCount(0);

    // A new sign-in makes a new key; forgetting it on this device is for good until the next one.
    await signInHere(page, person);
    await holdsKey(page);
    await page.goto(`${product.url}/settings`);
    await page.getByRole('button', { name: 'Forget on this device' }).click();
    await expect.poll(() => keptKey(page)).toBeNull();
    await page.goto(`${product.url}/`);
    await live(page);
    expect(await keptKey(page)).toBeNull();

    // Signing out keeps the key of the other device.
    await elsewhere.getByRole('button', { name: 'Sign out' }).click();
    await elsewhere.waitForURL(/\/sign-in/);
    await expect(elsewhere.getByRole('region', { name: 'Stop from this device' })).toBeVisible();
    expect(await keptKey(elsewhere)).not.toBeNull();

    const bare = await browser.newContext();
    const stranger = await bare.newPage();
    await stranger.goto(`${product.url}/sign-in`);
    await expect(stranger.getByText('countersign stop --help')).toBeVisible();
    await expect(stranger.getByRole('region', { name: 'Stop from this device' })).toHaveCount(0);
    await bare.close();
  } finally {
    await Promise.all([context.close(), other.close()]);
  }
});

test('an administrator revokes the key of somebody else\'s device, and both doors refuse it', async ({ browser }) => {
  const { person, context, page } = await device(browser, 'Left Behind', 'responder');
  const office = await browser.newContext();
  try {
    const stops = [await signedStop(page), await signedStop(page)];
    const admin = await office.newPage();
    await signIn(admin);
    await admin.goto(`${product.url}/settings/people`);
    await live(admin);
    await admin.getByRole('row', { name: person.email }).getByRole('button', { name: 'Acts on Left Behind' }).click();
    await admin.getByRole('link', { name: 'Keys of Left Behind' }).click();
    await expect(admin.getByRole('heading', { name: 'Keys of Left Behind' })).toBeVisible();
    const keys = admin.getByRole('region', { name: 'Browsers that can stop without signing in' });
    await keys.getByRole('button', { name: /^Revoke the stop key of/ }).click();
    await expect(keys).toContainText('None.');

    const before = await standing();
    for (const door of [`${product.url}/api/v1/switches/engage-by-key`, `${controlUrl()}/v1/switches/engage-by-key`]) {
      const answer = await page.request.post(door, { data: stops.pop()! });
      expect([door, answer.status(), ((await answer.json()) as { why?: string }).why]).toEqual([door, 401, 'revoked']);
    }
    expect(await standing()).toEqual(before);

    // Their sign-in ends by the same page, at their next step.
    await admin.getByRole('region', { name: 'Where they are signed in' }).getByRole('button', { name: /^End the sign-in/ }).first().click();
    await expect(admin.getByRole('region', { name: 'Where they are signed in' })).toContainText('Nowhere.');
    await page.goto(`${product.url}/switches`);
    await page.waitForURL(/\/sign-in/);
    // Whoever may not manage people has no such page.
    const address = new URL(admin.url()).pathname;
    await admin.close();
    const reader = await office.newPage();
    await office.clearCookies();
    await signIn(reader, await newPerson(browser, 'Only Reads', 'reviewer'));
    await reader.goto(product.url + address);
    await expect(reader.getByRole('heading', { name: 'Nothing is here.' })).toBeVisible();
    await expect(reader.getByText('Left Behind')).toHaveCount(0);
  } finally {
    await Promise.all([context.close(), office.close()]);
  }
});

test('a viewer\'s browser holds no key', async ({ browser }) => {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await signInHere(page, await newPerson(browser, 'Only Looks', 'viewer'));
    await page.goto(`${product.url}/settings`);
    await live(page);
    await expect(page.getByText('your browsers keep no stop key')).toBeVisible();
    expect(await keptKey(page)).toBeNull();
  } finally {
    await context.close();
  }
});

test('neither door does anything for another site, and no page can be framed', async ({ request }) => {
  const doors = [`${product.url}/api/v1/switches/engage-by-key`, `${controlUrl()}/v1/switches/engage-by-key`];
  const before = await standing();
  for (const door of doors) {
    const post = (data: string, type: string) => request.post(door, { data, headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'content-type': type } });
    const claim = JSON.stringify({ keyId: '019a0000-0000-7000-8000-000000000001', scope: 'global', ts: new Date().toISOString(), nonce: 'AAECAwQFBgcICQoLDA0ODw', signature: 'A'.repeat(86) });
    for (const [data, type, status] of [
      ['', 'application/json', 400], ['scope=global', 'application/x-www-form-urlencoded', 400], ['{"scope":"global"}', 'text/plain', 400], [claim, 'application/json', 401],
      [`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 'application/json', 400], [JSON.stringify({ scope: 'x'.repeat(300_000) }), 'application/json', 400],
    ] as const) {
      const answer = await post(data, type).catch(() => null);
      // Control may hang up on a body that is far too large before it has been sent.
      if (answer === null) { expect(data.length).toBeGreaterThan(100_000); continue; }
      expect(answer.status(), `${door} ${data.slice(0, 30)}`).toBe(status);
      expect(answer.headers()['access-control-allow-origin']).toBeUndefined();
    }
    const preflight = await request.fetch(door, { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
    expect(preflight.headers()['access-control-allow-origin']).toBeUndefined();
  }
  expect(await standing()).toEqual(before);
  for (const path of ['/sign-in', '/', '/switches', '/settings', '/set-password/x']) {
    const { headers } = { headers: (await request.get(product.url + path, { maxRedirects: 0 })).headers() };
    expect(headers['x-frame-options'], path).toBe('DENY');
    expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
    const connect = /connect-src ([^;]+)/.exec(headers['content-security-policy']!)![1]!;
    expect(connect, path).toBe(`'self' ${controlUrl()}`);
  }
});
