import type { Locator, Page } from '@playwright/test';

/** Presses Tab until this has the focus, as somebody without a mouse gets there; fails when it is not to be reached. Counts presses, not seconds. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  const first = wanted.first();
  await first.waitFor();
  for (let press = 0; press < 80; press++) {
    if (await first.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no Tab leads to ${wanted.toString()}`);
}
