import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { startReceiver } from '@/lib/notify/testing';
import { verifySignature } from '@/lib/notify/signature';
import { live, product, signInOnPage, watchConsole } from './product';
import { tabTo } from './tab-to';

const row = (page: Page, name: string) => page.getByRole('region', { name: 'Channels' }).getByRole('row').filter({ hasText: name });

async function act(page: Page, name: string, what: string): Promise<void> {
  await page.getByRole('button', { name: `Acts on ${name}` }).click();
  await page.getByRole('button', { name: what }).locator('visible=true').click();
}

/** An administrator who signed in a moment ago, so that nothing is asked of them again. */
async function openChannels(page: Page): Promise<void> {
  await signInOnPage(page);
  await page.goto(`${product.url}/settings/channels`);
  await live(page);
}

async function makeWebhook(page: Page, name: string, address: string): Promise<string> {
  await page.getByRole('button', { name: 'Make a channel' }).click();
  const making = page.getByRole('dialog', { name: 'Make a channel' });
  await making.getByLabel('Name', { exact: true }).fill(name);
  await making.getByLabel('Address', { exact: true }).fill(address);
  await making.getByRole('button', { name: 'Make the channel' }).click();
  const kept = page.getByRole('dialog', { name: 'Keep this secret now.' });
  const secret = await kept.locator('code').textContent();
  await kept.getByRole('button', { name: 'Close' }).click();
  await expect(row(page, name)).toContainText('Nothing has arrived there yet');
  return secret!;
}

test('an administrator makes a webhook, sends it a test page, and sees it delivered; the receiver knows it for ours', async ({ page }) => {
  test.setTimeout(120_000);
  const said = watchConsole(page);
  const receiver = await startReceiver();
  const name = `hook-${randomUUID().slice(0, 6)}`;
  try {
    await openChannels(page);
    const secret = await makeWebhook(page, name, `${receiver.url}/in?token=not-to-be-seen`);
    await act(page, name, 'Send a test page');
    // The page hears of it by itself.
    await expect(row(page, name)).toContainText('1 in 24 hours');
    await expect(page.getByRole('region', { name: 'Deliveries' }).getByRole('row').filter({ hasText: name }).first()).toContainText(/delivered, 200, in \d+ ms/);
    expect(receiver.got).toHaveLength(1);
    expect(receiver.got[0]!.body).toMatchObject({ type: 'channel.test', channel: name, by: 'Administrator', url: `${product.url}/settings/channels` });
    expect(verifySignature(secret, String(receiver.got[0]!.headers['countersign-signature']), receiver.got[0]!.text, new Date())).toBe(true);
    expect(await page.content()).not.toContain('not-to-be-seen');

    await act(page, name, 'Rotate its secret…');
    const rotating = page.getByRole('dialog', { name: `Rotate the signing secret of ${name}` });
    await rotating.getByRole('button', { name: 'Make a new secret' }).click();
    const kept = page.getByRole('dialog', { name: 'Keep this secret now.' });
    const next = await kept.locator('code').textContent();
    await kept.getByRole('button', { name: 'Close' }).click();
    await expect(row(page, name)).toContainText('two secrets sign');
    await act(page, name, 'Send a test page');
    await expect.poll(() => receiver.got.length).toBe(2);
    for (const one of [secret, next!]) expect(verifySignature(one, String(receiver.got[1]!.headers['countersign-signature']), receiver.got[1]!.text, new Date())).toBe(true);

    await act(page, name, 'Remove it…');
    await page.getByRole('dialog', { name: `Remove ${name}` }).getByRole('button', { name: `Remove ${name}` }).click();
    await expect(row(page, name)).toHaveCount(0);
    expect(said).toEqual([]);
  } finally {
    receiver.close();
  }
});

test('what a channel refuses lies with the dead letters, and is sent once more by the keyboard alone', async ({ page }) => {
  test.setTimeout(120_000);
  const receiver = await startReceiver();
  receiver.answers((_got, response) => { response.statusCode = 410; response.end(); });
  const name = `gone-${randomUUID().slice(0, 6)}`;
  try {
    await openChannels(page);
    await makeWebhook(page, name, `${receiver.url}/in`);
    await act(page, name, 'Send a test page');
    const letter = page.getByRole('region', { name: 'Dead letters' }).getByRole('row').filter({ hasText: name });
    await expect(letter).toContainText('It answered 410: nobody receives there any more.');
    receiver.answers((_got, response) => void response.end());
    // From the page's menu of settings on, by Tab: the first button of the letter is to send it once more.
    const button = letter.getByRole('button', { name: /^Send once more/ });
    await page.getByRole('button', { name: `Acts on ${name}` }).focus();
    await tabTo(page, button);
    await page.keyboard.press('Enter');
    await expect(letter).toHaveCount(0);
    await expect(row(page, name)).toContainText('1 in 24 hours');
    expect(receiver.got.map(({ body }) => body.id)).toEqual([receiver.got[0]!.body.id, receiver.got[0]!.body.id]);
    await expect(page.getByRole('region', { name: 'Deliveries' }).getByRole('row').filter({ hasText: name }).first()).toContainText('delivered');
  } finally {
    await act(page, name, 'Remove it…').catch(() => {});
    await page.getByRole('button', { name: `Remove ${name}` }).click({ timeout: 2_000 }).catch(() => {});
    receiver.close();
  }
});

test('an address that leads inside is refused at the form, in a sentence that says why', async ({ page }) => {
  await openChannels(page);
  await page.getByRole('button', { name: 'Make a channel' }).click();
  const making = page.getByRole('dialog', { name: 'Make a channel' });
  await making.getByLabel('Name', { exact: true }).fill('inside');
  await making.getByLabel('Address', { exact: true }).fill('https://169.254.169.254/latest');
  await making.getByRole('button', { name: 'Make the channel' }).click();
  await expect(making.getByRole('alert')).toContainText('This is an address inside.');
  await making.getByLabel('Address', { exact: true }).fill('http://hooks.example.org/');
  await making.getByRole('button', { name: 'Make the channel' }).click();
  await expect(making.getByRole('alert')).toContainText('its address must begin with https://');
});
