import { expect, test } from '@playwright/test';
import { live, product, signIn } from './product';
import { playScene } from './scene';

test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });

test('on a phone the card is read and decided without scrolling, with STOP always there', async ({ page }) => {
  const scene = await playScene('phone');
  try {
    await signIn(page);
    await page.goto(`${product.url}/approvals`);
    await live(page);
    await page.locator(`.queue a[data-id="${scene.approvalId}"]`).tap();
    await page.waitForURL(new RegExp(scene.approvalId));
    const inFold = async (what: string, locator: ReturnType<typeof page.locator>) => {
      await expect(locator, what).toBeVisible();
      const box = (await locator.boundingBox())!;
      expect(box.y, what).toBeGreaterThanOrEqual(0);
      const below = (await (what.startsWith('Deny') ? page.locator('nav.tabs') : card.locator('.sign-off')).boundingBox())!;
      expect(box.y + box.height, what).toBeLessThanOrEqual(below.y + 1);
    };
    const card = page.getByRole('article');
    await inFold('what it is', card.locator('#card-title'));
    await inFold('the time left', card.locator('.card-alive .countdown:visible').first());
    await inFold('the risks', card.locator('.card-risks'));
    await inFold('why it is here', card.locator('.card-block').first());
    for (const [index, argument] of (await card.locator('.argument').all()).entries()) await inFold(`argument ${index + 1}`, argument);
    await inFold('what differs and what happens', card.locator('.card-pair'));
    await inFold('Deny', card.getByRole('button', { name: /^Deny(?! and)/ }));
    await inFold('Deny and stop', card.getByRole('button', { name: /Deny and stop/ }));
    const stop = (await page.locator('nav.tabs').getByRole('link', { name: 'STOP' }).boundingBox())!;
    expect(stop.height).toBeGreaterThanOrEqual(44);
    expect(stop.width).toBeGreaterThanOrEqual(84);
    for (const button of await card.locator('.acts button:visible').all()) expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await card.getByRole('button', { name: /^Deny(?! and)/ }).tap();
    await expect(card).toContainText('Denied by Administrator');
  } finally {
    await scene.session.close();
    await scene.agent.close();
  }
});
