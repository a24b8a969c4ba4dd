import { expect, test, type Page } from '@playwright/test';
import pg from 'pg';
import { ownerUrl } from '@/lib/db/owner-url';
import { registerPasskey } from './authenticator';
import type { SessionHandle } from '@/lib/sdk';
import { enrol } from './one-time-password';
import { connectAgent, live, newPerson, product, registerAgent, signInOnPage } from './product';

/** What a bundle would have said when the question was asked; the starter bundle asks nobody for more than a press. */
async function askFor(approvalId: string, route: object): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl({ dataDir: product.dataDir }) });
  await client.connect();
  try { await client.query('UPDATE approval SET route = route || $2::jsonb WHERE id = $1', [approvalId, JSON.stringify(route)]); } finally { await client.end(); }
}

/** Asks under a route that wants a signature, and opens the card. */
async function ask(page: Page, session: SessionHandle, subject: string, route: object) {
  const asked = await session.requestAction({ tool: 'send_email', args: { to: 'ada@customer.example', subject, body: 'A word.' } });
  await askFor(asked.approval!.id, { stepUp: true, risk: 'high', reasonRequired: false, ...route });
  await page.goto(`${product.url}/approvals/${asked.approval!.id}`);
  await live(page);
  return asked;
}

async function arm(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Approve once/ }).click();
  await page.getByRole('button', { name: /^Sign with/ }).click();
}

test('where a route takes a one-time password, a person without a key signs by a code, once; where it does not, none is offered', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const person = await newPerson(browser, 'Signs By Code', 'responder');
  const agent = await connectAgent(await registerAgent('by-code', 'email:send:**'));
  try {
    await signInOnPage(page, person);
    const { next } = await enrol(page, person);
    const session = await agent.openSession({ purpose: 'Ask for a code' });

    const asked = await ask(page, session, 'By a code', { stepUpBy: 'passkey_or_totp' });
    await arm(page);
    const form = page.getByRole('form', { name: 'One-time password' });
    await expect(form.getByRole('textbox')).toBeFocused();
    // Left, nothing was done, and the code can be asked for again.
    await form.getByRole('button', { name: 'Leave' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Nothing was signed.' })).toBeVisible();
    await page.getByRole('button', { name: 'Type a one-time password' }).click();
    await form.getByRole('textbox').fill('000000');
    await form.getByRole('button', { name: 'Sign with this code' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'This code does not fit now' })).toBeVisible();
    await arm(page);
    const code = await next();
    await form.getByRole('textbox').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
    await form.getByRole('button', { name: 'Sign with this code' }).click();
    expect((await session.waitForDecision(asked.actionId)).decision).toBe('allow');
    await expect(page.getByRole('article')).toContainText('Approved at');

    // The same route without that word: a key or nothing.
    await ask(page, session, 'By a key alone', {});
    await arm(page);
    await expect(page.getByRole('alert').filter({ hasText: 'This takes a passkey, and you have none here.' })).toBeVisible();
    await expect(page.getByRole('button', { name: /one-time password/ })).toHaveCount(0);
    // Denying takes neither.
    await page.getByRole('button', { name: /^Deny/ }).first().click();
    await expect(page.getByRole('article')).toContainText('Denied');
  } finally {
    await agent.close();
  }
});

test('where a route takes a passkey, the yes is signed with it, and the gateway lets run what was signed', async ({ browser, page }) => {
  const person = await newPerson(browser, 'Signs By Key', 'responder');
  const agent = await connectAgent(await registerAgent('by-key', 'email:send:**'));
  try {
    await signInOnPage(page, person);
    const { keys } = await registerPasskey(page, 'Approving key');
    const session = await agent.openSession({ purpose: 'Ask for a key' });
    const asked = await ask(page, session, 'By a key', { risk: 'critical' });
    const before = (await keys())[0]!.signCount;
    await arm(page);
    await expect(page.getByRole('article')).toContainText('Approved at');
    expect((await session.waitForDecision(asked.actionId)).permit).toBeDefined();
    expect((await keys())[0]!.signCount).toBe(before + 1);
    await page.goto(`${product.url}/sessions/${session.id}`);
    await expect(page.locator('.timeline')).toContainText('approved it.');
  } finally {
    await agent.close();
  }
});
