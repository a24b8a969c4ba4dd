import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { barriers } from './barriers';
import { connectAgent, live, newPerson, product, registerAgent, signIn } from './product';

async function asking(name: string, count: number) {
  const word = `${name}${randomUUID().slice(0, 6)}`;
  const agent = await connectAgent(await registerAgent(name, 'email:send:**', 'files:write:**'));
  const session = await agent.openSession({ purpose: 'Ask a person' });
  const ask = (i: number | string) => session.requestAction({ tool: 'send_email', args: { to: `${word}-${i}@customer.example`, subject: 'Hello', body: 'A word.' } });
  const asked: Awaited<ReturnType<typeof ask>>[] = [];
  for (let i = 0; i < count; i++) asked.push(await ask(i));
  return { word, agent, session, ask, asked, id: (i: number) => asked[i]!.approval!.id };
}

test('what waits is grouped, searched and kept as a view, and its address is all that another page needs', async ({ page, context }) => {
  const scene = await asking('grouped', 4);
  await scene.session.requestAction({ tool: 'write_file', args: { path: `/srv/notes/${scene.word}.txt`, content: 'x' } });
  try {
    await signIn(page);
    await page.goto(`${product.url}/approvals`);
    await live(page);
    const queue = page.locator('.queue');
    await page.locator('body').press('/');
    await page.keyboard.type(scene.word);
    await expect(queue).toContainText('5 fit:');
    await expect(page).toHaveURL(new RegExp(`q=${scene.word}`));
    await queue.getByRole('button', { name: 'Narrow and group' }).click();
    await queue.getByRole('button', { name: 'Grouped by kind' }).click();
    const groups = queue.locator('.queue-group');
    await expect(groups).toHaveCount(2);
    await expect(groups.first()).toContainText('and 3 more like it');
    const name = `View ${scene.word}`;
    await queue.getByLabel('Keep this view as').fill(name);
    await queue.getByRole('button', { name: 'Keep', exact: true }).click();
    await expect(queue.getByRole('link', { name })).toBeVisible();
    await groups.first().click();
    await expect(queue.locator('a[data-id]')).toHaveCount(4);

    // The address in another page, and the kept view after coming back, show the same.
    const other = await context.newPage();
    await other.goto(page.url());
    await expect(other.locator('.queue a[data-id]')).toHaveCount(4);
    await other.close();
    await page.goto(`${product.url}/approvals`);
    await queue.getByRole('button', { name: 'Narrow and group' }).click();
    await queue.getByRole('link', { name }).click();
    await expect(groups).toHaveCount(2);
    await queue.getByRole('button', { name: `Remove the view ${name}` }).click();
    await expect(queue.getByRole('link', { name })).toHaveCount(0);
  } finally {
    await scene.agent.close();
  }
});

test('rows hold still while somebody is in the list, count what is new, and say what became of those that left', async ({ page }) => {
  const scene = await asking('frozen', 3);
  try {
    await signIn(page);
    await page.goto(`${product.url}/approvals?q=${scene.word}&sort=new`);
    await live(page);
    const queue = page.locator('.queue');
    const ids = () => queue.locator('a[data-id]').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.id));
    await expect.poll(ids).toEqual([scene.id(2), scene.id(1), scene.id(0)]);
    await queue.locator('a[data-id]').nth(1).hover();
    const more = [await scene.ask('a'), await scene.ask('b')];
    await expect(queue.getByRole('button', { name: '2 new' })).toBeVisible();
    expect(await ids()).toEqual([scene.id(2), scene.id(1), scene.id(0)]);
    await queue.getByRole('button', { name: '2 new' }).click();
    await expect.poll(ids).toEqual([more[1]!.approval!.id, more[0]!.approval!.id, scene.id(2), scene.id(1), scene.id(0)]);
  } finally {
    await scene.agent.close();
  }
});

test('from sign-in to decision by the keyboard alone', async ({ page }) => {
  const scene = await asking('keyed', 2);
  try {
    await page.goto(`${product.url}/sign-in?next=${encodeURIComponent(`/approvals?q=${scene.word}`)}`);
    await page.keyboard.press('Tab');
    for (let press = 0; press < 12 && !(await page.getByLabel('E-mail').evaluate((field) => field === document.activeElement)); press += 1) await page.keyboard.press('Tab');
    await page.keyboard.type(product.admin.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(product.admin.password);
    await page.keyboard.press('Enter');
    await page.locator(`.queue a[data-id="${scene.id(1)}"]`).waitFor();
    await live(page);
    const at = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.id);
    for (let press = 0; press < 10 && (await at()) !== scene.id(1); press += 1) await page.keyboard.press('j');
    expect(await at()).toBe(scene.id(1));
    await page.keyboard.press('Enter');
    await expect(page.locator('#card-title')).toContainText(`${scene.word}-1@customer.example`);
    await page.keyboard.press('a');
    await page.keyboard.press('Control+Enter');
    expect((await scene.session.waitForDecision(scene.asked[1]!.actionId)).decision).toBe('allow');
  } finally {
    await scene.agent.close();
  }
});

test('a key that follows the card at once means the card that is seen, never the one before it', async ({ page }) => {
  const scene = await asking('at-once', 2);
  try {
    await signIn(page);
    await page.goto(`${product.url}/approvals/${scene.id(0)}?q=${scene.word}`);
    await live(page);
    await page.locator(`.queue a[data-id="${scene.id(1)}"]`).waitFor();
    // Quicker than any person: in the moment in which the second card stands.
    await page.evaluate((second) => {
      const watch = new MutationObserver(() => {
        if (!document.querySelector('#card-title')?.textContent.includes(second)) return;
        watch.disconnect();
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'd', code: 'KeyD', bubbles: true }));
      });
      watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    }, `${scene.word}-1@`);
    await page.locator(`.queue a[data-id="${scene.id(1)}"]`).click();
    expect((await scene.session.waitForDecision(scene.asked[1]!.actionId)).decision).toBe('deny');
    await page.goto(`${product.url}/approvals/${scene.id(0)}`);
    await expect(page.getByRole('article').getByRole('button', { name: /^Deny(?! and)/ })).toBeEnabled();
  } finally {
    await scene.agent.close();
  }
});

test('a card whose program is still on its way looks as dead as it is, and takes the first press after that', async ({ page }) => {
  const scene = await asking('early', 1);
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => { arrive = resolve; });
  try {
    await signIn(page);
    await page.route(/\/_next\/static\/chunks\/.*\.js/, async (route) => { await arrived; await route.continue(); });
    await page.goto(`${product.url}/approvals/${scene.id(0)}`, { waitUntil: 'commit' });
    const deny = page.getByRole('article').getByRole('button', { name: /^Deny(?! and)/ });
    await expect(deny).toBeVisible();
    await expect(deny).toBeDisabled();
    arrive();
    await deny.click();
    expect((await scene.session.waitForDecision(scene.asked[0]!.actionId)).decision).toBe('deny');
  } finally {
    arrive();
    await scene.agent.close();
  }
});

test('what is decided elsewhere, runs out or loses its session is said on the card that is being read', async ({ browser, page }) => {
  const scene = await asking('elsewhere', 2);
  const mara = await newPerson(browser, 'Mara Lindqvist', 'responder');
  const context = await browser.newContext();
  const other = await context.newPage();
  try {
    await signIn(page);
    await signIn(other, mara);
    await page.goto(`${product.url}/approvals/${scene.id(0)}`);
    await live(page);
    await other.goto(`${product.url}/approvals/${scene.id(0)}`);
    await live(other);
    // Each sees that the other is looking.
    await expect(page.locator('.looking')).toContainText('Mara Lindqvist is looking at this too');
    await other.keyboard.press('d');
    await expect(page.getByRole('article')).toContainText('Denied by Mara Lindqvist');
    await other.goto(`${product.url}/`);
    await expect(page.locator('.looking')).toHaveCount(0, { timeout: 40_000 });

    await page.goto(`${product.url}/approvals/${scene.id(1)}`);
    await live(page);
    await scene.session.close();
    await expect(page.getByRole('article')).toContainText('the session ended');
    await expect(page.getByRole('button', { name: /Approve once/ })).toHaveCount(0);
  } finally {
    await context.close();
    await scene.agent.close();
  }
});

test('with the live connection lost Approve waits, and Deny goes over plain HTTPS', async ({ page }) => {
  const scene = await asking('offline', 1);
  try {
    await signIn(page);
    // The socket cannot be had; everything else answers.
    await page.route('**/api/live-ticket', (route) => route.abort());
    await page.goto(`${product.url}/approvals/${scene.id(0)}`);
    const card = page.getByRole('article');
    await expect(card.locator('.acts')).toContainText('Approving waits for the live connection');
    await expect(card.getByRole('button', { name: /Approve once/ })).toBeDisabled();
    await page.keyboard.press('a');
    await expect(page.getByText('You let it happen once')).toBeHidden();
    await card.getByRole('button', { name: /^Deny(?! and)/ }).click();
    expect((await scene.session.waitForDecision(scene.asked[0]!.actionId)).code).toBe('approval.denied');
    await expect(card).toContainText('Denied by');
  } finally {
    await scene.agent.close();
  }
});

test('history is narrowed, paged and exported, and that it was exported is on record', async ({ page }) => {
  const scene = await asking('history', 2);
  try {
    await signIn(page);
    for (const i of [0, 1]) {
      await page.goto(`${product.url}/approvals/${scene.id(i)}`);
      await page.getByRole('article').getByRole('button', { name: /^Deny(?! and)/ }).click();
      await scene.session.waitForDecision(scene.asked[i]!.actionId);
    }
    await page.goto(`${product.url}/approvals/history?verdict=denied`);
    await expect(page.locator('.history-rows')).toContainText(`${scene.word}-1@customer.example`);
    for (const [name, check] of [['CSV', (text: string) => text.startsWith('"id","requested_at"')], ['JSON Lines', (text: string) => typeof (JSON.parse(text.split('\n')[0]!) as { id?: unknown }).id === 'string']] as const) {
      const href = await page.getByRole('link', { name, exact: true }).getAttribute('href');
      const answer = await page.request.get(product.url + href!);
      const text = await answer.text();
      expect(answer.headers()['content-disposition']).toContain('attachment');
      expect(check(text), text.slice(0, 200)).toBe(true);
      expect(text).toContain(`${scene.word}-0@customer.example`);
    }
    await page.goto(`${product.url}/log`);
    await expect(page.locator('.log-events')).toContainText('log.approvals_exported');
  } finally {
    await scene.agent.close();
  }
});

test('the queue, chosen and grouped, and the history pass axe in three themes, on a desk and on a phone', async ({ page }) => {
  const scene = await asking('axe', 3);
  try {
    await signIn(page);
    for (const size of [{ width: 1_440, height: 900 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(size);
      for (const address of [`/approvals?q=${scene.word}`, '/approvals?by=group', '/approvals/history']) {
        await page.goto(product.url + address);
        await page.locator('main h1').first().waitFor();
        if (address.includes('q=')) {
          await page.locator('.queue a[data-id]').first().waitFor();
          await page.getByRole('button', { name: 'Choose several' }).click().catch(() => undefined);
          await page.getByRole('button', { name: 'Narrow and group' }).click();
        }
        for (const theme of ['dark', 'light', 'hc'] as const) {
          await page.emulateMedia({ colorScheme: theme === 'light' ? 'light' : 'dark', contrast: theme === 'hc' ? 'more' : 'no-preference' });
          expect(await barriers(page, { every: true }), `${address} ${size.width} ${theme}`).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        }
      }
    }
  } finally {
    await scene.agent.close();
  }
});
