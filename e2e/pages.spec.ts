import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { countersign, product, signIn, watchConsole } from './product';
import { addresses, playScene } from './scene';

let scene: Awaited<ReturnType<typeof playScene>>;
let every: string[];

test.beforeAll(async () => {
  scene = await playScene('every-page');
  every = addresses({ sessionId: scene.session.id, approvalId: scene.approvalId, agentId: await agentIdOf() });
});
test.afterAll(async () => {
  await scene.session.close();
  await scene.agent.close();
});

/** The agent's id stands in its session's own first event; the client knows it only as its client id. */
async function agentIdOf(): Promise<string> {
  const { agents } = (await countersign('agent', 'list')) as { agents: { id: string; name: string }[] };
  return agents.find((one) => one.name.startsWith('every-page-'))!.id;
}

const settled = async (page: Page, path: string) => {
  const answer = await page.goto(product.url + path);
  await page.locator('main').locator('h1:visible, h2:visible').first().waitFor();
  await expect(page.locator('.skeleton')).toHaveCount(0);
  return answer!;
};

test('every page keeps its content policy and says nothing in the console', async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page);
  for (const path of every) {
    const said = watchConsole(page);
    const answer = await settled(page, path);
    expect(answer.status(), path).toBe(200);
    const policy = answer.headers()['content-security-policy'] ?? '';
    expect(policy, path).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'/);
    expect(policy, path).not.toContain('unsafe');
    expect(policy, path).toContain("frame-ancestors 'none'");
    await expect(page.locator('.freshness').first()).toContainText('Live');
    expect(said, path).toEqual([]);
    page.removeAllListeners('console');
    page.removeAllListeners('pageerror');
  }
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`every page is usable by everybody, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(240_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await signIn(page);
    for (const path of every) {
      await settled(page, path);
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
      const serious = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical').map((one) => `${one.id}: ${one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(' | ')}`);
      expect(serious, path).toEqual([]);
    }
  });
}

for (const width of [360, 390, 1_440]) {
  test(`nothing runs over the side at ${width}`, async ({ page }) => {
    test.setTimeout(240_000);
    await page.setViewportSize({ width, height: 844 });
    await signIn(page);
    for (const path of every) {
      await settled(page, path);
      const over = await page.evaluate(() => {
        const wide = document.documentElement.scrollWidth - window.innerWidth;
        const main = document.querySelector('main')!;
        return { page: wide, main: main.scrollWidth - main.clientWidth };
      });
      expect(over, path).toEqual({ page: 0, main: 0 });
    }
  });
}

test('STOP is on every page, and keys and links reach it', async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page);
  for (const path of every) {
    await settled(page, path);
    await expect(page.getByRole('link', { name: 'STOP' }).first(), path).toHaveAttribute('href', /^\/switches/);
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find or do anything' }).fill('every-page');
  await expect(page.getByRole('option', { name: /every-page-/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
});
