import { expect, test, type Page } from '@playwright/test';
import { barriers } from './barriers';
import { connectAgent, countersign, live, newPerson, product, registerAgent, rest, signIn, tokenFor, watchConsole } from './product';
import { tabTo } from './tab-to';

const SIZES = [{ width: 1_440, height: 900 }, { width: 390, height: 844 }] as const;

/** Without barriers in three themes and without sideways scrolling, at a desk and on a phone. */
async function judge(page: Page, name: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    for (const [colorScheme, contrast] of [['dark', null], ['light', null], ['dark', 'more']] as const) {
      await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
      expect(await barriers(page)).toEqual([]);
      if (process.env.SHOTS && contrast === null) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${size.width}-${colorScheme}.png`, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null, contrast: null });
  await page.setViewportSize(SIZES[0]);
}

type Listed = { items: Record<string, unknown>[] };
type LoggedItem = { type: string; data: Record<string, unknown> };

test('an agent that floods people is paused once, with one alert and one incident, and what it asked can still be denied', async ({ page }) => {
  test.slow();
  const credentials = await registerAgent('flooder', 'email:send:**');
  const agent = await connectAgent(credentials);
  const standing: string[] = [];
  try {
    await signIn(page);
    const said = watchConsole(page);
    await page.goto(`${product.url}/approvals`);
    await live(page);
    // A session asks thirty times a minute at most by the starter bundle; together they ask more than an agent may.
    const sessions = await Promise.all(Array.from({ length: 5 }, (_, n) => agent.openSession({ purpose: `Write to list ${n}` })));
    const paused = Promise.all(sessions.map((session) => new Promise((resolve) => session.on('pause', resolve))));
    // Whatever comes after the pause is refused by then.
    const answers = await Promise.allSettled(sessions.flatMap((session, list) => Array.from({ length: 30 }, (_, n) => session.requestAction({ tool: 'send_email', args: { to: `reader-${n}@list-${list}.example`, subject: 'Offer', body: 'A word.' } }))));
    const asked = answers.flatMap((one) => (one.status === 'fulfilled' && one.value.decision === 'ask' ? [one.value] : []));
    expect(asked.length).toBeGreaterThan(120);
    await paused;

    // The queue says it by itself, and what was asked is still there.
    const line = page.locator('.queue-flood').filter({ hasText: credentials.name });
    await expect(line).toHaveText(`${credentials.name} is paused: flood. What it asked still waits.`);
    standing.push((await line.getAttribute('href'))!.split('/').at(-1)!);
    await expect(sessions[0]!.requestAction({ tool: 'send_email', args: { to: 'one@more.example', subject: 'Offer', body: 'A word.' } })).rejects.toMatchObject({ code: 'session_paused' });
    await page.goto(`${product.url}/approvals/${asked[0]!.approval!.id}`);
    await page.getByRole('button', { name: 'Deny', exact: true }).click();
    await expect(page.locator('.card-main, .decided, main').first()).toContainText(/denied/i);

    // One alert, that pages; one incident; one order: however many questions there were, and however often it was looked since.
    const token = await tokenFor(product.admin, 'flood');
    const raised = (await rest(token, `/alerts?agent=${credentials.clientId}&rule=flood`)).body as unknown as Listed;
    expect(raised.items).toMatchObject([{ act: 'page', severity: 'high', agentName: credentials.name }]);
    const incidents: LoggedItem[] = [];
    for (let after = '0'; ;) {
      const { items, next } = (await rest(token, `/log?stream=org/incidents&after=${after}&limit=200`)).body as unknown as { items: LoggedItem[]; next: string | null };
      incidents.push(...items);
      if (next === null) break;
      after = next;
    }
    const ours = new Set(sessions.map((session) => session.id));
    expect(incidents.filter((one) => one.type === 'incident.suggested' && ours.has(String(one.data.sessionId)))).toMatchObject([{ data: { rule: 'flood', severity: 'high' } }]);

    await page.goto(`${product.url}/flow`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('asked more than anybody can answer');
    await expect(page.locator('.margin-row').filter({ hasText: `${credentials.name} is paused: flood.` })).toContainText('120 are allowed');
    await judge(page, 'flow');

    await page.goto(`${product.url}/alerts/${String(raised.items[0]!.id)}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Flood: too many questions');
    await expect(page.locator('.facts').getByRole('link', { name: 'Open the order' })).toHaveAttribute('href', `/switches/${standing[0]!}`);
    await page.locator('summary', { hasText: 'Close it' }).click();
    await page.getByRole('button', { name: 'Close the alert' }).click();
    await expect(page.locator('.lede')).toContainText('Closed as real by');
    await page.goto(`${product.url}/approvals`);
    if (process.env.SHOTS) await judge(page, 'queue-flood');

    await countersign('release', standing.pop()!, '--break-glass', '--reason', 'The test is over.');
    await expect(line).toHaveCount(0);
    expect(said).toEqual([]);
  } finally {
    for (const id of standing) await countersign('release', id, '--break-glass', '--reason', 'The test is over.');
    await agent.close();
  }
});

test('a shift is handed over by keys alone, and the next one finds it on Now, drawn as text', async ({ page, browser }) => {
  const ada = await newPerson(browser, 'Ada Shift', 'analyst');
  await signIn(page, ada);
  const said = watchConsole(page);
  await page.goto(`${product.url}/handover`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hand over to the next one.');
  const note = page.getByRole('textbox', { name: 'The note' });
  await expect(note).toHaveValue(/# Shift from .*\n\n## Waiting: \d+/);
  await page.locator('h1').click();
  await tabTo(page, note);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText('# Night\n- <img src=x onerror=alert(1)> and \u202Eecilla\u202C\n- [a link](javascript:alert(2))\nA quiet night.');
  await tabTo(page, page.getByRole('button', { name: 'Hand over' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/handover\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Handover from Ada Shift, \d\d:\d\d$/);
  const text = page.locator('.note-text');
  await expect(text.getByRole('heading', { level: 2 })).toHaveText('Night');
  await expect(text).toContainText('<img src=x onerror=alert(1)> and ');
  await expect(text).toContainText('[a link](javascript:alert(2))');
  expect(await text.locator('img, a, script').count()).toBe(0);
  await expect(text.locator('.unseen').first()).toContainText('202E');
  await judge(page, 'note');
  const address = new URL(page.url()).pathname;
  await page.goto(product.url);
  await expect(page.getByRole('link', { name: /Handover from Ada Shift/ })).toHaveCount(0);
  await page.goto(`${product.url}/handover`);
  await judge(page, 'handover');

  const context = await browser.newContext();
  const next = await context.newPage();
  await signIn(next);
  await next.goto(product.url);
  const row = next.getByRole('link', { name: /^Handover from Ada Shift, \d\d:\d\d$/ });
  await expect(row).toHaveAttribute('href', address);
  if (process.env.SHOTS) await judge(next, 'now-handover');
  await row.focus();
  await next.keyboard.press('Enter');
  await expect(next.locator('.note-text')).toContainText('A quiet night.');
  await context.close();
  expect(said).toEqual([]);
});

test('whoever decides faster than anybody reads is told so, and is kept from nothing', async ({ page, browser }) => {
  test.slow();
  const credentials = await registerAgent('hasty', 'email:send:**');
  const agent = await connectAgent(credentials);
  const person = await newPerson(browser, 'Hasty Hal', 'responder');
  try {
    const session = await agent.openSession({ purpose: 'Write to customers' });
    const asked = await Promise.all(Array.from({ length: 11 }, (_, n) => session.requestAction({ tool: 'send_email', args: { to: `customer-${n}@elsewhere.example`, subject: 'Hello', body: 'A word.' } })));
    await signIn(page, person);
    await page.goto(`${product.url}/approvals/${asked[10]!.approval!.id}`);
    await expect(page.getByRole('button', { name: 'Deny', exact: true })).toBeVisible();
    await expect(page.locator('.card-hasty')).toHaveCount(0);
    // By a script and unopened, which is hasty however slow the machine is.
    const token = await tokenFor(person, 'hasty');
    for (const one of asked.slice(0, 10)) expect(await rest(token, `/approvals/${one.approval!.id}/decision`, { verdict: 'approve', digest: one.digest })).toMatchObject({ status: 200 });
    await page.goto(`${product.url}/approvals/${asked[10]!.approval!.id}`);
    await expect(page.locator('.card-hasty')).toHaveText(/^10 in ten minutes, \d+ s each: take a break or hand over\.$/);
    await expect(page.locator('.queue-pace')).toContainText('You decided 10 in ten minutes');
    if (process.env.SHOTS) await judge(page, 'card-hasty');
    await expect(page.getByRole('button', { name: 'Deny', exact: true })).toBeEnabled();
    await page.goto(`${product.url}/flow`);
    await expect(page.getByRole('row').filter({ hasText: 'Hasty Hal' })).toContainText('10');
  } finally {
    await agent.close();
  }
});
