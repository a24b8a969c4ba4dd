import { expect, test, type Page, type Request } from '@playwright/test';
import { SessionStopped } from '@/lib/sdk';
import { barriers } from './barriers';
import { connectAgent, countersign, live, product, registerAgent, signIn } from './product';
import { consoleDies } from './stop-key-device';

const CHORD = 'Control+Shift+K';
const mail = { tool: 'send_email', args: { to: 'ada@customer.example', subject: 'Hello', body: 'A word.' } };
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const focused = (page: Page) => page.locator(':focus');

async function working(name: string) {
  const agent = await connectAgent(await registerAgent(name, 'email:send:**'));
  const session = await agent.openSession({ purpose: 'Be stopped from the panel' });
  const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
  return { agent, session, halted };
}

const release = (page: Page) => countersign('release', new URL(page.url()).pathname.split('/').at(-1)!, '--break-glass', '--reason', 'The test is over.');

test('by the keyboard alone: the chord leads to STOP from every page, over a dialog too, and two presses stop', async ({ page }) => {
  const { agent, session, halted } = await working('by-keys');
  let standing = false;
  try {
    await signIn(page);
    for (const path of ['/', '/log']) {
      await page.goto(product.url + path);
      await live(page);
      await page.keyboard.press(CHORD);
      await page.waitForURL(/\/switches#stop$/);
      await expect(focused(page), path).toHaveAccessibleName('Arm everything');
    }
    // Already there, with the focus elsewhere; and while somebody writes in the command menu.
    await page.locator('body').click({ position: { x: 5, y: 300 } });
    await page.keyboard.press(CHORD);
    await expect(focused(page)).toHaveAccessibleName('Arm everything');
    await page.goto(product.url);
    await live(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find or do anything' }).fill('something else');
    await page.keyboard.press(CHORD);
    await page.waitForURL(/\/switches#stop$/);
    await expect(page.getByRole('combobox', { name: 'Find or do anything' })).toBeHidden();
    await expect(focused(page)).toHaveAccessibleName('Arm everything');
    // Armed, the focus is on what fires; Escape takes it back to where it was.
    await page.keyboard.press('Enter');
    await expect(focused(page)).toHaveText('Stop everything');
    // One part, which takes less than the eight seconds that an armed stop lasts.
    expect(await barriers(page, { part: '.fire' })).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(focused(page)).toHaveAccessibleName('Arm everything');
    await expect(page.getByRole('button', { name: 'Stop everything' })).toHaveCount(0);

    // From a session it is one press, and the session is chosen.
    await page.goto(`${product.url}/sessions/${session.id}`);
    await live(page);
    await page.keyboard.press(CHORD);
    await expect(focused(page)).toHaveAccessibleName(/^Stop .*Be stopped from the panel/);
    standing = true;
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    await halted;
    await expect(page.locator('h1').first()).toHaveText('The session is confirmed stopped.');
    await expect(session.requestAction(mail)).rejects.toThrow(SessionStopped);
  } finally {
    if (standing) await release(page);
    await agent.close();
  }
});

test('the preview before the press and the truth after it are live', async ({ page }) => {
  const { agent, session } = await working('preview');
  try {
    await signIn(page);
    await page.goto(`${product.url}/switches?session=${session.id}`);
    await live(page);
    await page.evaluate(() => { (window as unknown as { same: boolean }).same = true; });
    const mine = region(page, 'Agent');
    await expect(mine).toContainText('1 session on 1 instance');
    const second = await agent.openSession({ purpose: 'Come while it is looked at' });
    await expect(mine).toContainText('2 sessions on 1 instance');
    // Armed, it goes on saying what it would hit at this moment.
    const arm = mine.getByRole('button', { name: /^Arm/ });
    await arm.click();
    await second.requestAction(mail);
    await expect(async () => {
      // On a slow machine the eight seconds may be over before the page has heard of it.
      if (await arm.isVisible()) await arm.click();
      await expect(page.getByText('1 approval; the agent gets deny')).toBeVisible({ timeout: 5_000 });
    }).toPass();
    await page.keyboard.press('Escape');
    await second.close('abandoned');
    await expect(mine).toContainText('1 session on 1 instance');
    // Somebody else stops it: the panel says so by itself.
    await countersign('stop', '--session', session.id, '--no-hold', '--wait', '0');
    const standing = page.locator('.standing').first();
    await expect(standing).toContainText('It stays until somebody releases it.');
    await expect(region(page, 'Session')).not.toContainText('Be stopped from the panel');
    expect(await page.evaluate(() => (window as unknown as { same?: boolean }).same)).toBe(true);
    // And so does the order's own page, of its release.
    await standing.getByRole('listitem').filter({ hasText: /Session .* of preview-/ }).getByRole('link', { name: 'Open' }).click();
    await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    await expect(page.locator('h1').first()).toHaveText('The session is confirmed stopped.');
    await release(page);
    await expect(page.locator('h1').first()).toContainText('Released');
  } finally {
    await agent.close();
  }
});

test('with the socket blocked a stop goes over plain HTTPS', async ({ page }) => {
  const { agent, session, halted } = await working('no-socket');
  let standing = false;
  try {
    await page.routeWebSocket(/\/live\//, (socket) => socket.close());
    await signIn(page);
    await page.goto(`${product.url}/sessions/${session.id}`);
    await expect(page.locator('.freshness').first()).not.toContainText('Live');
    await page.getByRole('link', { name: 'STOP' }).first().click();
    await page.waitForURL(/\/switches\?session=/);
    standing = true;
    await region(page, 'Session').getByRole('button', { name: /^Stop/ }).click();
    await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
    await halted;
    await expect(page.locator('h1').first()).toHaveText('The session is confirmed stopped.');
  } finally {
    if (standing) await release(page);
    await agent.close();
  }
});

test('where nothing answers it does not look alive: grey, hatched, with the command instead', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const die = await consoleDies(page, { everything: true });
  try {
    await signIn(page);
    await page.goto(`${product.url}/switches`);
    await live(page);
    await die();
    await expect(page.locator('h1').first()).toHaveText('STOP does not work from here.', { timeout: 60_000 });
    await expect(page.getByText('npx countersign stop --global').first()).toBeVisible();
    const arm = region(page, 'Global').getByRole('button');
    await expect(arm).toHaveAttribute('aria-disabled', 'true');
    expect(await arm.evaluate((button) => getComputedStyle(button).backgroundImage)).toContain('gradient');
    // A page that is asked for meanwhile is waited for, and this one stays with its STOP: it is no browser's error page.
    const asked = (request: Request) => request.headers().rsc === '1' && request.headers()['next-router-prefetch'] === undefined;
    const again = page.waitForEvent('requestfailed', asked).then(() => page.waitForEvent('requestfailed', asked));
    await page.getByRole('link', { name: 'Sessions' }).first().click();
    await again;
    // By the chord as by a press: it explains itself and stops nothing.
    await page.keyboard.press(CHORD);
    const dialog = page.getByRole('dialog', { name: 'STOP does not work from here.' });
    await expect(dialog.getByText('npx countersign stop --global')).toBeVisible();
    expect(await barriers(page, { part: 'main' })).toEqual([]);
  } finally {
    await context.close();
  }
});

test('a control key is revoked beside the release of what it stopped', async ({ page }) => {
  const name = `pager-${Date.now().toString(36)}`;
  const { key } = await countersign('control-key', 'create', '--name', name, '--scopes', 'session');
  const target = '019a0000-0000-7000-8000-00000000face';
  const engage = () => fetch(`${process.env.E2E_CONTROL_URL}/v1/switches/engage`, { method: 'POST', headers: { authorization: `Bearer ${String(key)}` }, body: JSON.stringify({ scope: 'session', target }) });
  let order: string | undefined;
  try {
    await expect.poll(async () => (await engage()).status).toBe(202);
    order = ((await (await engage()).json()) as { order: { id: string } }).order.id;
    await signIn(page);
    await page.goto(`${product.url}/switches/${order}`);
    await live(page);
    const keys = region(page, 'Control keys');
    await expect(keys).toContainText(`${name}, which gave this order`);
    await keys.getByRole('button', { name: `Revoke the control key ${name}` }).click();
    await expect(keys).not.toContainText(name);
    await expect.poll(async () => (await engage()).status).toBe(401);
    // The panel lists what is left, and prints what works without this console.
    await page.goto(`${product.url}/switches`);
    await expect(page.getByText(/curl -sS -X POST .*\/v1\/switches\/engage/)).toBeVisible();
    await expect(region(page, 'Control keys')).not.toContainText(name);
  } finally {
    if (order) await countersign('release', order, '--break-glass', '--reason', 'The test is over.');
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });

  test('STOP is under the thumb, arms, fires, and says how far it has come', async ({ page }) => {
    const { agent, session, halted } = await working('by-thumb');
    let standing = false;
    try {
      await signIn(page);
      await page.goto(`${product.url}/approvals`);
      await live(page);
      await page.locator('nav.tabs').getByRole('link', { name: 'STOP' }).tap();
      await page.waitForURL(/\/switches#stop$/);
      expect(await barriers(page, { part: 'main' })).toEqual([]);
      const everything = region(page, 'Global');
      for (const button of await page.locator('.scope .do .button:visible').all()) expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
      await everything.getByRole('button', { name: /^Arm/ }).tap();
      const fire = page.getByRole('button', { name: 'Stop everything' });
      await expect(fire).toBeInViewport({ ratio: 1 });
      expect((await fire.boundingBox())!.height).toBeGreaterThanOrEqual(44);
      standing = true;
      await fire.tap();
      await page.waitForURL(/\/switches\/[0-9a-f-]{36}$/);
      await halted;
      await expect(page.locator('h1').first()).toContainText('confirmed');
      await expect(session.requestAction(mail)).rejects.toThrow(SessionStopped);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
      expect(await barriers(page, { part: 'main' })).toEqual([]);
    } finally {
      if (standing) await release(page);
      await agent.close();
    }
  });
});
