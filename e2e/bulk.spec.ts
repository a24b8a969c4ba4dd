import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { connectAgent, live, product, registerAgent, signIn } from './product';

const MANY = 500;

/** So many asks of one agent after the other, a few at a time; each agent fewer than what counts as a flood. */
async function askMany(count: number, each: (index: number) => { path: string; content: string }, agents: number) {
  const clients = await Promise.all(Array.from({ length: agents }, async () => connectAgent(await registerAgent('many', 'files:write:**'))));
  const sessions = await Promise.all(clients.map((client) => client.openSession({ purpose: 'Ask far too much' })));
  const asked: { actionId: string; approvalId: string; session: (typeof sessions)[number] }[] = [];
  for (let from = 0; from < count; from += 20) {
    asked.push(...await Promise.all(Array.from({ length: Math.min(20, count - from) }, async (_, i) => {
      const session = sessions[(from + i) % agents]!;
      const decision = await session.requestAction({ tool: 'write_file', args: each(from + i) });
      expect(decision.decision).toBe('ask');
      return { actionId: decision.actionId, approvalId: decision.approval!.id, session };
    })));
  }
  return { asked, sessions, close: () => Promise.all(clients.map((client) => client.close())) };
}

test('five hundred are denied by one press, each agent is told, and the page may be left meanwhile', async ({ page }) => {
  const word = `bulk${randomUUID().slice(0, 6)}`;
  const many = await askMany(MANY, (i) => ({ path: `/srv/notes/${word}-${i}.txt`, content: 'A word.' }), 10);
  try {
    await signIn(page);
    await page.goto(`${product.url}/approvals?q=${word}`);
    await live(page);
    const queue = page.locator('.queue');
    await expect(queue).toContainText(`${MANY} fit:`);
    await queue.getByRole('button', { name: 'Choose several' }).click();
    await queue.getByRole('checkbox').first().check();
    await queue.getByRole('button', { name: `Choose all ${MANY}` }).click();
    await expect(queue.getByRole('button', { name: /^Approve 500/ })).toBeDisabled();
    await expect(queue).toContainText('At most 20 are approved at once.');
    await queue.getByRole('button', { name: `Deny ${MANY}` }).click();
    await expect(queue.getByRole('progressbar')).toBeVisible();
    // Left, and come back to by another address: it goes on, and is found again where it has not ended.
    await page.goto(`${product.url}/sessions`);
    const told = await Promise.all(many.asked.map(({ session, actionId }) => session.waitForDecision(actionId)));
    expect(told.map((one) => one.code)).toEqual(Array.from({ length: MANY }, () => 'approval.denied'));
    await page.goto(`${product.url}/approvals?q=${word}`);
    await expect(queue).toContainText('0 fit:');
    // Each has its own event.
    await page.goto(`${product.url}/sessions/${many.sessions[0]!.id}`);
    await expect(page.locator('.timeline')).toContainText('denied it.');
  } finally {
    await many.close();
  }
});

test('many are approved together only inside one shape, each named with its digest; across shapes and at critical risk never', async ({ page }) => {
  const word = `few${randomUUID().slice(0, 6)}`;
  const body = (i: number) => (i < 3 ? 'A word.' : 'x'.repeat(900));
  const few = await askMany(5, (i) => ({ path: `/srv/notes/${word}-${i}.txt`, content: body(i) }), 1);
  try {
    await signIn(page);
    await page.goto(`${product.url}/approvals?q=${word}`);
    await live(page);
    const queue = page.locator('.queue');
    const line = (index: number) => queue.locator(`a[data-id="${few.asked[index]!.approvalId}"]`);
    await line(0).waitFor();
    // By keys alone: x chooses, Shift and j extend.
    await page.locator('body').press('j');
    const at = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.id);
    for (let press = 0; press < 20 && (await at()) !== few.asked[0]!.approvalId; press += 1) await page.keyboard.press('k');
    await page.keyboard.press('x');
    for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+J');
    await expect(queue).toContainText('5 chosen.');
    await expect(queue).toContainText('Only requests of one agent, tool, rule and shape of arguments are approved together.');
    await expect(queue.getByRole('button', { name: /^Approve 5/ })).toBeDisabled();
    // Without those of the other shape it may be.
    await page.keyboard.press('x');
    await page.keyboard.press('k');
    await page.keyboard.press('x');
    await expect(queue).toContainText('3 chosen.');
    await queue.getByRole('button', { name: /^Approve 3/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('listitem')).toHaveCount(3);
    await expect(dialog.getByRole('listitem').first()).toContainText(/[0-9a-f]{8}…[0-9a-f]{8}/);
    await dialog.getByRole('button', { name: 'Sign all 3' }).click();
    for (const { session, actionId } of few.asked.slice(0, 3)) expect((await session.waitForDecision(actionId)).decision).toBe('allow');
    await expect(queue).toContainText('3 of 3 approved.');
    expect(few.sessions[0]!.unresolved).toHaveLength(2);
  } finally {
    await few.close();
  }
});
