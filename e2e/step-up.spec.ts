import { expect, test, type Page } from '@playwright/test';
import { registerPasskey } from './authenticator';
import { connectAgent, countersign, product, registerAgent, signInOnPage } from './product';
import { catchSent, sendAgain, type Sent } from './replay';

/** Ticks the checklist and presses the release of the order on its page. */
async function release(page: Page, orderId: string): Promise<void> {
  await page.goto(`${product.url}/switches/${orderId}`);
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Release…' }).click();
}

/** What the page would have sent with the key's answer in it; it never arrives. */
async function holdBack(page: Page, orderId: string): Promise<Sent> {
  await page.route('**/*', (route) => (route.request().postData()?.includes('authenticatorData') ? route.abort() : route.fallback()));
  const sent = await catchSent(page, 'authenticatorData', () => release(page, orderId));
  await expect(page.getByRole('alert').filter({ hasText: 'did not answer' })).toBeVisible();
  await page.unrouteAll({ behavior: 'wait' });
  return sent;
}

type Release = { stepUp: unknown };
const argsOf = (sent: Sent) => JSON.parse(sent.body) as [Release, ...unknown[]];
/** The same, with the key's answer of another one. */
const answeredBy = (sent: Sent, other: Sent): Sent => {
  const [mine, ...rest] = argsOf(sent);
  return { ...sent, body: JSON.stringify([{ ...mine, stepUp: argsOf(other)[0].stepUp }, ...rest]) };
};

test('a passkey’s answer to one question does not answer an equal one, nor any question twice', async ({ page }) => {
  const agent = await connectAgent(await registerAgent('twins', 'email:send:**'));
  try {
    await signInOnPage(page);
    await registerPasskey(page, 'Key for twins');
    // Two stops that differ in nothing but what they are about.
    const orders: string[] = [];
    for (let i = 0; i < 2; i++) {
      const session = await agent.openSession({ purpose: 'One of two that are alike' });
      orders.push(((await countersign('stop', '--session', session.id, '--no-hold', '--reason', 'alike')) as { order: { id: string } }).order.id);
    }
    const [first, second] = orders as [string, string];
    const stands = async (orderId: string) => {
      await page.goto(`${product.url}/switches/${orderId}`);
      await expect(page.getByRole('button', { name: 'Release…' })).toBeVisible();
    };

    const toFirst = await holdBack(page, first);
    const toSecond = await holdBack(page, second);
    expect(await sendAgain(page, answeredBy(toSecond, toFirst))).toContain('What was signed is not what is asked for now.');
    await stands(second);
    // Its own answer is taken, once.
    expect(await sendAgain(page, toSecond)).not.toContain('sign again');
    await page.goto(`${product.url}/switches/${second}`);
    await expect(page.locator('h1').first()).toContainText('Released');
    expect(await sendAgain(page, answeredBy(toFirst, toSecond))).toContain('This signature was used already.');
    await stands(first);

    await release(page, first);
    await expect(page.locator('h1').first()).toContainText('Released');
  } finally {
    await agent.close();
  }
});
