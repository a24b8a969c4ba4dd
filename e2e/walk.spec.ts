import { expect, test } from '@playwright/test';
import { guard } from '@/lib/sdk';
import { connectAgent, live, registerAgent, signIn } from './product';

test('an agent asks, a person decides, and only then a tool runs', async ({ page }) => {
  await signIn(page);
  const credentials = await registerAgent('walker', 'email:send:**');
  await page.goto(`${process.env.E2E_URL}/approvals?q=${credentials.name}`);
  await live(page);
  const agent = await connectAgent(credentials);
  try {
    const session = await agent.openSession({ purpose: 'Answer the customers of Monday' });
    const sent: string[] = [];
    const send = guard(session, 'send_email', async (args: { to: string; subject: string; body: string }) => { sent.push(args.to); return 'sent'; });
    const mail = (to: string) => ({ to, subject: 'Your order', body: 'It is on its way.' });

    // The card appears by itself: nobody reloads.
    const first = send(mail('ada@customer.example'));
    await page.locator('.queue').getByRole('link', { name: 'ada@customer.example' }).click();
    const card = page.getByRole('article');
    await expect(card.getByRole('heading', { level: 1 })).toHaveText('Send an e-mail to ada@customer.example');
    await expect(card).toContainText('First time for this agent');
    await expect(card).toContainText('No history to compare with.');
    await expect(card).toContainText('A sent e-mail cannot be recalled.');
    expect(sent).toEqual([]);
    await card.getByRole('button', { name: /Approve once/ }).click();
    await card.getByRole('button', { name: /^Sign/ }).click();
    await expect(card.getByRole('status').first()).toContainText('Approved');
    await expect(first).resolves.toContain('sent');
    expect(sent).toEqual(['ada@customer.example']);
    await expect(card).toContainText('used at');

    const second = send(mail('eve@elsewhere.example')).then(() => 'ran', (error: Error) => error.message);
    await page.locator('.queue').getByRole('link', { name: 'eve@elsewhere.example' }).click();
    await expect(card.getByRole('heading', { level: 1 })).toHaveText('Send an e-mail to eve@elsewhere.example');
    await expect(card).toContainText('never seen in 1 call');
    await card.getByRole('button', { name: /^Deny(?! and)/ }).click();
    await expect(card.getByRole('status').first()).toContainText('Denied by');
    expect(await second).toMatch(/denied/i);
    expect(sent).toEqual(['ada@customer.example']);

    await page.goto(`${process.env.E2E_URL}/sessions/${session.id}`);
    const timeline = page.locator('.timeline');
    await expect(timeline).toContainText('approved it.');
    await expect(timeline).toContainText('denied it.');
    await expect(page.locator('.session-head')).toContainText('verified to event');
    // It grows under the reader's eyes.
    await live(page);
    await session.addInput({ origin: 'document', source: 'report.pdf', text: 'The last word of the report.' });
    await expect(timeline).toContainText('The last word of the report.');

    await page.goto(`${process.env.E2E_URL}/log`);
    await page.getByRole('button', { name: 'Verify the log' }).click();
    await expect(page.locator('.verify')).toContainText('It holds.');
    await expect(page.locator('.log-events')).toContainText('approval.denied');
    await session.close('completed');
  } finally {
    await agent.close();
  }
});
