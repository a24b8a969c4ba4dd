import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { RunningCountersign } from '@/lib/testing/running-countersign';

type Seen = { id: string; at: number };
type Watched = { seen: Seen[]; blocks: number[] };

/** Signs in on the page, opens an address and notes when each card is first drawn in view, and whatever blocks the page. */
export async function openWatched(browser: Browser, { url, admin }: RunningCountersign, address: string) {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).first().waitFor();
  await page.addInitScript(NAMES);
  await page.addInitScript(watch);
  await page.goto(url + address);
  await page.locator('.freshness', { hasText: 'Live' }).first().waitFor();
  await page.locator('.queue a[data-id]').first().waitFor();
  // Nobody is in the list, so that it moves.
  await page.mouse.move(1_000, 20);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.evaluate(() => { const own = (window as unknown as { bench: Watched }).bench; own.seen.length = 0; own.blocks.length = 0; });
  return { context, page, seen: () => page.evaluate(() => (window as unknown as { bench: Watched }).bench.seen) };
}

/** What runs in the page comes from a compiler that keeps functions' names by a helper of its own, which no page has. */
const NAMES = 'globalThis.__name = (named) => named;';

/** Runs in the page. */
function watch(): void {
  const own: Watched = { seen: [], blocks: [] };
  Object.assign(window, { bench: own });
  const known = new Set<string>();
  const look = () => {
    const list = document.querySelector('.queue-rows')?.getBoundingClientRect();
    if (!list) return;
    for (const row of document.querySelectorAll<HTMLElement>('.queue a[data-id]')) {
      const id = row.dataset.id!;
      if (known.has(id)) continue;
      const place = row.getBoundingClientRect();
      if (place.bottom <= list.top || place.top >= list.bottom) continue;
      known.add(id);
      // Drawn is when the frame that holds it has been painted: what is asked for as a frame begins runs after it.
      requestAnimationFrame(() => setTimeout(() => own.seen.push({ id, at: performance.timeOrigin + performance.now() })));
    }
  };
  document.addEventListener('DOMContentLoaded', () => new MutationObserver(look).observe(document.body, { childList: true, subtree: true }));
  new PerformanceObserver((entries) => { for (const entry of entries.getEntries()) own.blocks.push(entry.duration); }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((entries) => { for (const entry of entries.getEntries() as PerformanceEventTiming[]) own.blocks.push(entry.processingEnd - entry.processingStart); }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
}

/** The longest that the page was busy with one task or one key since it stood; nought where nothing took long enough to be told. */
export const blockedMs = (page: Page): Promise<number> => page.evaluate(() => Math.max(0, ...(window as unknown as { bench: Watched }).bench.blocks));

/** From the navigation's start until the list answers a key: a row is there, and j moves the focus onto one. */
export async function timeToUsable(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  try {
    await page.addInitScript(NAMES);
    await page.addInitScript(() => {
      const tick = () => {
        const row = document.querySelector<HTMLElement>('.queue a[data-id]');
        if (row) {
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true }));
          if ((document.activeElement as HTMLElement | null)?.dataset.id) { Object.assign(window, { usableAt: performance.now() }); return; }
        }
        setTimeout(tick, 10);
      };
      document.addEventListener('DOMContentLoaded', tick);
    });
    await page.goto(address, { waitUntil: 'commit' });
    return await page.waitForFunction(() => (window as unknown as { usableAt?: number }).usableAt, undefined, { polling: 20 }).then((handle) => handle.jsonValue() as Promise<number>);
  } finally {
    await page.close();
  }
}

/** How long that person only looks between two spells of typing (milliseconds). */
const LOOKS_MS = 1_000;

/** What a person does all the while: types, takes it away, moves by keys, scrolls. Says how many keys and turns of the wheel it was. */
export async function workTheList(page: Page, ms: number): Promise<number> {
  const until = performance.now() + ms;
  const search = page.locator('.queue input[type="search"]');
  let done = 0;
  while (performance.now() < until) {
    await search.focus();
    for (const key of 'bench') { await page.keyboard.press(key, { delay: 40 }); done += 1; }
    for (let i = 0; i < 5; i++) { await page.keyboard.press('Backspace', { delay: 30 }); done += 1; }
    await page.keyboard.press('Escape');
    await page.locator('.queue a[data-id]').first().waitFor();
    for (let i = 0; i < 15; i++) { await page.keyboard.press('j', { delay: 20 }); done += 1; }
    await page.mouse.move(400, 500);
    for (let i = 0; i < 8; i++) { await page.mouse.wheel(0, i < 4 ? 600 : -600); done += 1; }
    // Out again, so that what is new is seen meanwhile.
    await page.mouse.move(1_000, 20);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.evaluate(() => { document.querySelector('.queue-rows')!.scrollTop = 0; });
    // No event to wait for: for this long a person only looks, and what comes in meanwhile must be drawn while nothing is pressed.
    await page.waitForTimeout(LOOKS_MS);
  }
  return done;
}
