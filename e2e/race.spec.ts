import { expect, test } from '@playwright/test';
import { connectAgent, live, newPerson, product, registerAgent, signIn } from './product';

test('of two who decide at once, the second is told who was first', async ({ browser }) => {
  const mara = await newPerson(browser, 'Mara Lindqvist', 'responder');
  const tomas = await newPerson(browser, 'Tomas Reyes', 'responder');
  const agent = await connectAgent(await registerAgent('racer', 'email:send:**'));
  const [one, other] = await Promise.all([browser.newContext(), browser.newContext()]);
  try {
    const session = await agent.openSession({ purpose: 'Ask two people at once' });
    const asked = await session.requestAction({ tool: 'send_email', args: { to: 'ada@customer.example', subject: 'Hello', body: 'A word.' } });
    expect(asked.decision).toBe('ask');
    const pages = [await one.newPage(), await other.newPage()] as const;
    await signIn(pages[0], mara);
    await signIn(pages[1], tomas);
    for (const page of pages) {
      await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
      await live(page);
    }
    // Both have read it and armed. Their presses are held until both are on their way, then let go together.
    for (const page of pages) await page.getByRole('button', { name: /Approve once/ }).click();
    const held: (() => Promise<void>)[] = [];
    const bothSent = new Promise<void>((resolve) => {
      for (const page of pages) {
        void page.route('**/approvals/**', async (route) => {
          if (route.request().method() !== 'POST') return route.continue();
          held.push(() => route.continue());
          if (held.length === pages.length) resolve();
        });
      }
    });
    await Promise.all(pages.map((page) => page.getByRole('main').getByRole('button', { name: /^Sign/ }).click()));
    await bothSent;
    await Promise.all(held.map((one) => one()));

    const told = await Promise.race(pages.map(async (page, index) => { await page.getByRole('dialog').filter({ hasText: 'decided first' }).waitFor(); return index; }));
    const winner = told === 0 ? tomas : mara;
    await expect(pages[told]!.getByRole('dialog')).toContainText(`${winner.name} decided first.`);
    await expect(pages[told]!.getByRole('dialog')).toContainText('Your approval was not recorded.');
    await expect(pages[1 - told]!.getByRole('article')).toContainText('Approved at');
    // It stays until it was read, also once the card itself shows what became of it.
    await expect(pages[told]!.getByRole('article')).toContainText('Approved at');
    await pages[told]!.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await expect(pages[told]!.getByRole('dialog')).toHaveCount(0);
    expect((await session.waitForDecision(asked.actionId)).decision).toBe('allow');
    // One signature, one grant: the record says it once.
    await pages[told]!.goto(`${product.url}/sessions/${session.id}`);
    await expect(pages[told]!.locator('.timeline').getByText('approved it.')).toHaveCount(1);
    await expect(pages[told]!.locator('.timeline')).toContainText(`${winner.name} approved it.`);
  } finally {
    await Promise.all([one.close(), other.close(), agent.close()]);
  }
});
