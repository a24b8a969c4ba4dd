import { expect, test, type Page, type Request, type Route } from '@playwright/test';
import { registerPasskey } from './authenticator';
import { connectAgent, countersign, product, registerAgent, signInOnPage } from './product';

type Sent = { [key: string]: unknown };

/** The part of a server action's arguments in which the passkey's answer lies; undefined for every other request. */
function stepUpIn(request: Request): { args: unknown; holder: Sent } | undefined {
  if (request.method() !== 'POST' || !request.headers()['next-action']) return undefined;
  let args: unknown;
  try { args = JSON.parse(request.postData() ?? ''); } catch { return undefined; }
  const find = (value: unknown): Sent | undefined => {
    if (typeof value !== 'object' || value === null) return undefined;
    const here = value as Sent;
    return typeof here.stepUp === 'object' ? here : Object.values(here).map(find).find((found) => found !== undefined);
  };
  const holder = find(args);
  return holder && { args, holder };
}

/** Ticks the checklist and presses the release of the order on the page. */
async function release(page: Page, orderId: string): Promise<void> {
  await page.goto(`${product.url}/switches/${orderId}`);
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Release…' }).click();
}

/** Releases the order on its page, and does something else with the request that carries the passkey's answer. Resolves with what it carried. */
async function intercept(page: Page, orderId: string, instead: (route: Route, found: NonNullable<ReturnType<typeof stepUpIn>>) => Promise<void>): Promise<Sent> {
  const carried = new Promise<Sent>((resolve) => void page.route('**/*', async (route) => {
    const found = stepUpIn(route.request());
    if (!found) return route.fallback();
    const kept = { ...found.holder };
    await instead(route, found);
    resolve(kept);
  }));
  await release(page, orderId);
  const kept = await carried;
  await page.unrouteAll({ behavior: 'wait' });
  return kept;
}

test('a passkey’s answer to one question does not answer an equal one, nor the same one twice', async ({ page }) => {
  const agent = await connectAgent(await registerAgent('twins', 'email:send:**'));
  const orders: string[] = [];
  try {
    await signInOnPage(page);
    await registerPasskey(page, 'Key for twins');
    // Two stops that differ in nothing but what they are about.
    for (let i = 0; i < 2; i++) {
      const session = await agent.openSession({ purpose: 'One of two that are alike' });
      const { order } = (await countersign('stop', '--session', session.id, '--reason', 'alike')) as { order: { id: string } };
      orders.push(order.id);
    }
    const [first, second] = orders as [string, string];

    // The answer to the first question is held back; under the second one it is an answer to something else.
    const { stepUp: unused } = await intercept(page, first, (route) => route.abort());
    await expect(page.getByRole('alert').filter({ hasText: 'did not answer' })).toBeVisible();
    await intercept(page, second, (route, found) => { found.holder.stepUp = unused; return route.continue({ postData: JSON.stringify(found.args) }); });
    await expect(page.getByRole('alert').filter({ hasText: 'sign again' })).toBeVisible();
    await page.reload();
    await expect(page.locator('h1').first()).not.toContainText('Released');

    // An answer that did its work does no more, neither for the same question nor for its equal.
    const { stepUp: used } = await intercept(page, second, (route) => route.continue());
    await expect(page.locator('h1').first()).toContainText('Released');
    await intercept(page, first, (route, found) => { found.holder.stepUp = used; return route.continue({ postData: JSON.stringify(found.args) }); });
    await expect(page.getByRole('alert').filter({ hasText: 'used already' })).toBeVisible();
    await page.reload();
    await expect(page.locator('h1').first()).not.toContainText('Released');

    await release(page, first);
    await expect(page.locator('h1').first()).toContainText('Released');
  } finally {
    await agent.close();
  }
});
