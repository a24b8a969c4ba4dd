import type { Page } from '@playwright/test';
import type { Askers } from './askers';

/** From the click on Deny to the decision at the agent that waits for it, again and again; milliseconds. By the event's own time: a page too busy to hear it is part of the wait. */
export async function pressAndWait(page: Page, url: string, askers: Askers, times: number): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const { session, asked } = await askers.ask();
    await page.goto(`${url}/approvals/${asked.approval!.id}`);
    await page.locator('.freshness', { hasText: 'Live' }).first().waitFor();
    const deny = page.locator('.card .acts').getByRole('button', { name: /^Deny(?! and)/ });
    await deny.waitFor();
    await page.evaluate(() => document.addEventListener('pointerup', (event) => Object.assign(window, { pressedAt: performance.timeOrigin + event.timeStamp }), { once: true, capture: true }));
    const decided = session.waitForDecision(asked.actionId).then((decision) => ({ decision, at: performance.timeOrigin + performance.now() }));
    await deny.click();
    const { decision, at } = await decided;
    if (decision.code !== 'approval.denied') throw new Error(`It was to be denied, and is ${decision.code}.`);
    taken.push(at - await page.evaluate(() => (window as unknown as { pressedAt: number }).pressedAt));
  }
  return taken;
}
