import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { guard } from '@/lib/sdk';
import { connectAgent, live, newPerson, product, registerAgent, rest, signIn, tokenFor } from './product';

type Mail = { to: string; subject: string; body: string; attachments?: string[] };
const mail: Mail = { to: 'ada@customer.example, bela@customer.example, cem@customer.example', subject: 'Your order', body: 'It is on its way to you.', attachments: ['invoice.pdf', 'terms.pdf'] };

/** Pictures for whoever looks at this page; nowhere unless a folder is named. */
async function picture(page: Page, name: string) {
  const folder = process.env.PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: path.join(folder, `${name}-${scheme}.png`) });
  }
}

async function openEditor(page: Page) {
  await page.getByRole('article').getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Narrow the arguments' }).click();
  const editor = page.getByRole('dialog');
  await expect(editor.getByRole('group', { name: 'to' })).toBeVisible();
  return editor;
}

test('a narrowing is signed with what is left, and the agent does that and no more, once', async ({ page }) => {
  const agent = await connectAgent(await registerAgent('narrowed', 'email:send:**'));
  try {
    const session = await agent.openSession({ purpose: 'Write to customers' });
    const sent: Mail[] = [];
    let told: (approval: { id: string }) => void = () => {};
    const waits = new Promise<{ id: string }>((resolve) => { told = resolve; });
    const send = guard(session, 'send_email', async (args: Mail) => { sent.push(args); return 'sent'; }, { onPending: (decision) => told(decision.approval!) });
    const done = send(mail);
    const asked = await waits;
    await signIn(page);
    await page.goto(`${product.url}/approvals/${asked.id}`);
    await live(page);
    const editor = await openEditor(page);
    // By the keyboard: two of three recipients out, and the attachments as a whole.
    await editor.getByRole('checkbox', { name: 'bela@customer.example' }).focus();
    await page.keyboard.press('Space');
    await editor.getByRole('checkbox', { name: 'cem@customer.example' }).uncheck();
    await editor.getByRole('checkbox', { name: /Leave .attachments. out/ }).check();
    await picture(page, 'narrow-editor-desk');
    await editor.getByRole('button', { name: 'See what changes' }).click();
    await expect(editor.getByRole('status')).toContainText('This is a narrowing. You sign what is left.');
    await expect(editor.locator('del').filter({ hasText: 'bela@customer.example' }).first()).toBeVisible();
    await picture(page, 'narrow-difference-desk');
    expect(sent).toEqual([]);
    await editor.getByRole('button', { name: 'Narrow and sign' }).click();
    expect(await done).toContain('sent');
    expect(sent).toEqual([{ to: 'ada@customer.example', subject: mail.subject, body: mail.body }]);
    const card = page.getByRole('article');
    await expect(card).toContainText(/Narrowed by Administrator: (?=.*dropped 2 of 3 in to)(?=.*left out attachments)/);
    await expect(card).toContainText('narrowed it');
    await card.getByText('What the agent asked for, and what stands now').click();
    await expect(card.locator('.difference del').filter({ hasText: 'cem@customer.example' }).first()).toBeVisible();
    await picture(page, 'narrow-card-desk');
    await page.goto(`${product.url}/sessions/${session.id}`);
    await expect(page.locator('.timeline')).toContainText('narrowed the arguments');
  } finally {
    await agent.close();
  }
});

test('the author of a replacement does not count, and a stale digest is told with the difference', async ({ browser }) => {
  const mara = await newPerson(browser, 'Mara Ekström', 'responder');
  const tomas = await newPerson(browser, 'Tomas Reyes', 'responder');
  const agent = await connectAgent(await registerAgent('replaced', 'email:send:**'));
  const [one, other] = await Promise.all([browser.newContext(), browser.newContext()]);
  try {
    const session = await agent.openSession({ purpose: 'Write to customers' });
    const asked = await session.requestAction({ tool: 'send_email', args: mail });
    const [maras, tomass] = [await one.newPage(), await other.newPage()];
    await Promise.all([signIn(maras, mara), signIn(tomass, tomas)]);
    for (const page of [maras, tomass]) {
      await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
      await live(page);
    }
    const editor = await openEditor(maras);
    await editor.getByRole('button', { name: 'Replace them instead, as JSON' }).click();
    const text = editor.getByLabel('All arguments, as JSON');
    // What the rules or the tool refuse is said where it is written, and nothing is sent.
    await text.fill('{');
    await editor.getByRole('button', { name: 'See what changes' }).click();
    await expect(editor.getByRole('alert')).toContainText('This is not a JSON object');
    await text.fill(JSON.stringify({ ...mail, to: 'nobody' }));
    await editor.getByRole('button', { name: 'See what changes' }).click();
    await expect(editor.getByRole('alert').first()).toContainText('/to');
    await text.fill(JSON.stringify({ ...mail, to: 'dora@customer.example' }));
    await editor.getByRole('button', { name: 'See what changes' }).click();
    await expect(editor.getByRole('status')).toContainText('You become its author, and your signature does not count');
    await editor.getByRole('button', { name: 'Replace, for others to approve' }).click();
    await expect(maras.getByRole('article')).toContainText('You wrote these arguments');
    await expect(maras.getByRole('article').getByRole('button', { name: /Approve once/ })).toHaveCount(0);

    // Whoever answers with what they saw before is told what differs, and theirs is not recorded.
    const stale = await rest(await tokenFor(tomas), `/approvals/${asked.approval!.id}/decision`, { verdict: 'approve', digest: asked.digest });
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({ why: 'stale_digest', changes: [{ kind: 'replacement', by: 'Mara Ekström', steps: [{ path: '/to' }] }] });

    // A card that was drawn before the change, pressed after it.
    await expect(tomass.getByRole('article')).toContainText('Replaced by Mara Ekström');
    await tomass.getByRole('button', { name: /Approve once/ }).click();
    await tomass.getByRole('main').getByRole('button', { name: /^Sign/ }).click();
    await expect(tomass.getByRole('article')).toContainText('Approved at');
    const decision = await session.waitForDecision(asked.actionId);
    expect(decision).toMatchObject({ decision: 'allow', args: { ...mail, to: 'dora@customer.example' } });
  } finally {
    await Promise.all([one.close(), other.close(), agent.close()]);
  }
});

test('a press on a card that somebody changed meanwhile is refused with each value as it was and is', async ({ page, browser }) => {
  const ben = await newPerson(browser, 'Ben Okafor', 'responder');
  const agent = await connectAgent(await registerAgent('stale', 'email:send:**'));
  try {
    const session = await agent.openSession({ purpose: 'Write to customers' });
    const asked = await session.requestAction({ tool: 'send_email', args: mail });
    const token = await tokenFor(ben);
    await signIn(page);
    await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
    await live(page);
    await page.getByRole('button', { name: /Approve once/ }).click();
    // While the press is on its way, somebody else makes another question of it.
    let pressed = false;
    await page.route('**/approvals/**', async (route) => {
      // Not by taking the route away again: what it holds would go on at once.
      if (route.request().method() !== 'POST' || pressed) return route.continue();
      pressed = true;
      const replaced = await rest(token, `/approvals/${asked.approval!.id}/decision`, { verdict: 'approve', digest: asked.digest, args: { ...mail, subject: 'Another subject' } });
      expect(replaced.body).toMatchObject({ state: 'pending', changed: { kind: 'replacement', counted: false } });
      await route.continue();
    });
    await page.getByRole('main').getByRole('button', { name: /^Sign/ }).click();
    const answer = page.getByRole('alert').filter({ hasText: 'The request changed while you read' });
    await expect(answer).toContainText('Your approval was not recorded');
    await expect(answer.locator('del')).toHaveText('Your order');
    await expect(answer.locator('ins')).toHaveText('Another subject');
  } finally {
    await agent.close();
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  test('the editor is used with a thumb', async ({ page }) => {
    const agent = await connectAgent(await registerAgent('narrowed by thumb', 'email:send:**'));
    try {
      const session = await agent.openSession({ purpose: 'Write to customers' });
      const asked = await session.requestAction({ tool: 'send_email', args: mail });
      await signIn(page);
      await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
      await live(page);
      const editor = await openEditor(page);
      for (const box of await editor.locator('label.narrow-member').all()) expect((await box.boundingBox())!.height).toBeGreaterThanOrEqual(44);
      await editor.getByRole('checkbox', { name: 'ada@customer.example' }).uncheck();
      await editor.getByRole('button', { name: 'See what changes' }).tap();
      await expect(editor.getByRole('status')).toContainText('This is a narrowing');
      await picture(page, 'narrow-editor-phone');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await editor.getByRole('button', { name: 'Narrow and sign' }).tap();
      await expect(page.getByRole('article')).toContainText('Narrowed by Administrator: dropped 1 of 3 in to.');
      await picture(page, 'narrow-card-phone');
      expect((await session.waitForDecision(asked.actionId))).toMatchObject({ decision: 'allow', args: { to: 'bela@customer.example, cem@customer.example' } });
    } finally {
      await agent.close();
    }
  });
});
