import { expect, test } from '@playwright/test';
import { connectAgent, live, product, registerAgent, signIn } from './product';

test('a person decides with the keyboard alone', async ({ page }) => {
  const credentials = await registerAgent('keys', 'email:send:**');
  const agent = await connectAgent(credentials);
  try {
    const session = await agent.openSession({ purpose: 'Be decided by keys' });
    const ask = (to: string) => session.requestAction({ tool: 'send_email', args: { to, subject: 'Hello', body: 'A word.' } });
    const [first, second] = [await ask('one@keys.example'), await ask('two@keys.example')];
    await signIn(page);
    // However much else waits.
    await page.goto(`${product.url}/approvals/${second.approval!.id}?q=${credentials.name}`);
    await live(page);
    // Up to the first of ours and open it; nothing is touched with the mouse.
    const queue = page.locator('.queue');
    await queue.locator(`a[data-id="${first.approval!.id}"]`).waitFor();
    const at = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.id);
    for (let press = 0; press < 60 && (await at()) !== first.approval!.id; press += 1) await page.keyboard.press('k');
    expect(await at()).toBe(first.approval!.id);
    await page.keyboard.press('Enter');
    await expect(page.locator('#card-title')).toHaveText('Send an e-mail to one@keys.example');
    await page.keyboard.press('d');
    expect((await session.waitForDecision(first.actionId)).code).toBe('approval.denied');

    await expect(page.getByRole('article')).toContainText('Denied by');
    // The focus is still in the list: the next is one key away.
    await page.keyboard.press('j');
    await expect.poll(at).toBe(second.approval!.id);
    await page.keyboard.press('Enter');
    await expect(page.locator('#card-title')).toHaveText('Send an e-mail to two@keys.example');
    // One key arms and says so; the second, a chord, fires.
    await page.keyboard.press('a');
    await expect(page.getByText('You let it happen once')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByText('You let it happen once')).toBeHidden();
    await page.keyboard.press('Control+Enter');
    expect(session.unresolved.map((one) => one.requestId)).toContain(second.requestId);
    await page.keyboard.press('a');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('article')).toContainText('Approved at');
    expect((await session.waitForDecision(second.actionId)).decision).toBe('allow');
    await session.close();
  } finally {
    await agent.close();
  }
});
