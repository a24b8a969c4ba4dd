import { expect, test, type Page } from '@playwright/test';
import { TOTP } from 'otpauth';
import pg from 'pg';
import { ownerUrl } from '@/lib/db/owner-url';
import { connectAgent, live, newPerson, product, registerAgent, signInOnPage } from './product';

/** Sets a one-time password up as a person does; gives the code of each moment, each once. */
async function enrol(page: Page, password: string): Promise<() => string> {
  await page.goto(`${product.url}/settings`);
  await page.getByRole('button', { name: 'Set up a one-time password' }).click();
  await page.getByLabel('Your password').fill(password);
  await page.getByRole('button', { name: 'Show the code to scan' }).click();
  const secret = (await page.locator('code[data-secret]').textContent())!.replaceAll(' ', '');
  // The server takes one step early and one late, each once: three uses fit without waiting.
  let step = Math.floor(Date.now() / 30_000) - 1;
  const next = () => new TOTP({ secret }).generate({ timestamp: step++ * 30_000 });
  await page.getByLabel('First code from the app').fill(next());
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const dialog = page.getByRole('dialog', { name: 'Keep your recovery codes now.' });
  await dialog.getByLabel('I have kept them').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  return next;
}

/** What a bundle would have said when the question was asked; the starter bundle asks nobody for more than a press. */
async function askFor(approvalId: string, route: object): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl({ dataDir: product.dataDir }) });
  await client.connect();
  try { await client.query('UPDATE approval SET route = route || $2::jsonb WHERE id = $1', [approvalId, JSON.stringify(route)]); } finally { await client.end(); }
}

test('where a route takes a one-time password, a person without a key signs by a code, once; where it does not, none is offered', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const person = await newPerson(browser, 'Signs By Code', 'responder');
  const agent = await connectAgent(await registerAgent('by-code', 'email:send:**'));
  try {
    await signInOnPage(page, person);
    const next = await enrol(page, person.password);
    const session = await agent.openSession({ purpose: 'Ask for a code' });
    const ask = async (subject: string, route: object) => {
      const asked = await session.requestAction({ tool: 'send_email', args: { to: 'ada@customer.example', subject, body: 'A word.' } });
      await askFor(asked.approval!.id, { stepUp: true, risk: 'high', reasonRequired: false, ...route });
      await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
      await live(page);
      return asked;
    };
    const arm = async () => {
      await page.getByRole('button', { name: /Approve once/ }).click();
      await page.getByRole('button', { name: /^Sign with/ }).click();
    };

    const asked = await ask('By a code', { stepUpBy: 'passkey_or_totp' });
    await arm();
    const form = page.getByRole('form', { name: 'One-time password' });
    await expect(form.getByRole('textbox')).toBeFocused();
    // Left, nothing was done, and the code can be asked for again.
    await form.getByRole('button', { name: 'Leave' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Nothing was signed.' })).toBeVisible();
    await page.getByRole('button', { name: 'Type a one-time password' }).click();
    await form.getByRole('textbox').fill('000000');
    await form.getByRole('button', { name: 'Sign with this code' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'This code does not fit now' })).toBeVisible();
    await arm();
    const code = next();
    await form.getByRole('textbox').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
    await form.getByRole('button', { name: 'Sign with this code' }).click();
    expect((await session.waitForDecision(asked.actionId)).decision).toBe('allow');
    await expect(page.getByRole('article')).toContainText('Approved at');

    // The same route without that word: a key or nothing.
    await ask('By a key alone', {});
    await arm();
    await expect(page.getByRole('alert').filter({ hasText: 'This takes a passkey, and you have none here.' })).toBeVisible();
    await expect(page.getByRole('button', { name: /one-time password/ })).toHaveCount(0);
    // Denying takes neither.
    await page.getByRole('button', { name: /^Deny/ }).first().click();
    await expect(page.getByRole('article')).toContainText('Denied');
  } finally {
    await agent.close();
  }
});
