import { expect, test } from '@playwright/test';
import { connectAgent, countersign, live, product, registerAgent, signIn } from './product';

const TOKEN = `ghp_${'a1B2'.repeat(10)}`;

test('a secret is hidden until somebody says why, texts are erased on a word, and the page says what was', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page);
  const agent = await connectAgent(await registerAgent('eraser', 'email:send:**'));
  try {
    const session = await agent.openSession({ purpose: 'Send a note with a token in it' });
    const asked = await session.requestAction({ tool: 'send_email', args: { to: 'ada@customer.example', subject: 'Access', body: `Use ${TOKEN} from now on.` } });
    await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
    const card = page.getByRole('article');
    await expect(card).toContainText('Use [GitHub token hidden] from now on.');
    await expect(card).toContainText('One secret is hidden in the arguments.');
    await card.getByRole('button', { name: 'Reveal it…' }).click();
    await card.getByLabel('Why do you need to see it?').fill('to know whose token it is');
    await card.getByRole('button', { name: 'Record why and reveal' }).click();
    await card.getByRole('button', { name: /^Open \d+ more characters of the arguments, revealed$/ }).click();
    await expect(card).toContainText(TOKEN);
    await page.reload();
    await expect(card).toContainText('[GitHub token hidden]');
    await expect(page.locator('body')).not.toContainText(TOKEN);

    await page.goto(`${product.url}/sessions/${session.id}`);
    const timeline = page.locator('.timeline');
    await expect(timeline).toContainText('revealed what was hidden in arguments. “to know whose token it is”');
    // The card was drawn more than once, and reading it is on the record once.
    await expect(timeline.getByText(/ read a text\./)).toHaveCount(1);
    await expect(page.getByRole('button', { name: 'Erase its texts…' })).toHaveCount(0);
    await session.close('completed');
    await page.reload();
    await live(page);
    await page.getByRole('button', { name: 'Erase its texts…' }).click();
    await page.getByRole('dialog').getByLabel('Why?').fill('the customer asked for it');
    await page.getByRole('dialog').getByRole('button', { name: /^Erase the texts of/ }).click();
    await expect(timeline).toContainText(/erased, and the key with them on the word of .*“the customer asked for it”/);
    await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
    await expect(card).toContainText(/Erased on .* by .*: “the customer asked for it”/);

    await page.goto(`${product.url}/settings/data`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText('“the customer asked for it”').first()).toBeVisible();
    await page.getByLabel(/^Days that outputs are kept/).fill('3650');
    await expect(page.getByText('Saving destroys outputs older than 3650 days')).toBeVisible();
    await page.getByRole('button', { name: 'Save how long texts are kept' }).click();
    await expect(page.getByText('Empty keeps them until somebody erases them.')).toBeVisible();
    await expect(page.getByLabel(/^Days that outputs are kept/)).toHaveValue('3650');
    const file = `${process.env.E2E_DATA_DIR}/e2e-${session.id}.backup`;
    expect(await countersign('backup', '--out', file)).toMatchObject({ ok: true, file });
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('The last backup was made');
  } finally {
    await agent.close();
  }
});
