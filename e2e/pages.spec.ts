import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { barriers } from './barriers';
import { countersign, product, signIn, watchConsole } from './product';
import { addresses, playScene } from './scene';

let scene: Awaited<ReturnType<typeof playScene>>;
let every: string[];

test.beforeAll(async () => {
  scene = await playScene('every-page');
  every = addresses({ sessionId: scene.session.id, approvalId: scene.approvalId, agentId: await agentIdOf(), personId: await personIdOf() });
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

async function personIdOf(): Promise<string> {
  const made = await countersign('user', 'create', '--email', `every-page-${randomUUID().slice(0, 6)}@example.test`, '--name', 'Every Page', '--role', 'viewer');
  return String(made.personId);
}

const settled = async (page: Page, path: string) => {
  const answer = await page.goto(product.url + path);
  await page.locator('main').locator('h1:visible, h2:visible').first().waitFor();
  await expect(page.locator('.skeleton')).toHaveCount(0);
  return answer!;
};

/** How far the page and its main part run over the side at this width (pixels). */
async function overTheSide(page: Page, width: number): Promise<{ page: number; main: number }> {
  await page.setViewportSize({ width, height: 844 });
  return page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const main = document.querySelector('main')!;
    return { page: document.documentElement.scrollWidth - window.innerWidth, main: main.scrollWidth - main.clientWidth };
  });
}

// A page is opened once and held against everything: opening it is what takes the time.
test('every page keeps its content policy, says nothing in the console, shuts nobody out and fits any screen', async ({ page }) => {
  test.setTimeout(360_000);
  await signIn(page);
  for (const path of every) {
    await page.setViewportSize({ width: 1_440, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    const said = watchConsole(page);
    const answer = await settled(page, path);
    expect.soft(answer.status(), path).toBe(200);
    const policy = answer.headers()['content-security-policy'] ?? '';
    expect.soft(policy, path).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'/);
    expect.soft(policy, path).not.toContain('unsafe');
    expect.soft(policy, path).toContain("frame-ancestors 'none'");
    await expect(page.locator('.freshness').first()).toContainText('Live');
    expect.soft(said, path).toEqual([]);
    page.removeAllListeners('console');
    page.removeAllListeners('pageerror');
    await expect.soft(page.getByRole('link', { name: 'STOP' }).first(), path).toHaveAttribute('href', /^\/switches/);
    await expect.soft(page.locator('nav.nav').getByRole('button', { name: 'Sign out' }), path).toBeVisible();

    expect.soft(await barriers(page), `${path}, dark`).toEqual([]);
    // Of all its rules the colours' alone can tell one theme from the other.
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    expect.soft(await barriers(page, { rules: ['color-contrast'] }), `${path}, light`).toEqual([]);
    for (const width of [1_440, 390, 360]) expect.soft(await overTheSide(page, width), `${path} at ${width}`).toEqual({ page: 0, main: 0 });
  }
});

test('the command menu finds what is there', async ({ page }) => {
  await signIn(page);
  await page.goto(product.url);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find or do anything' }).fill('every-page');
  await expect(page.getByRole('option', { name: /every-page-/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
});
