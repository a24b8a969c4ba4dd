import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { countersign, product, signIn, watchConsole } from './product';

test('a key is rotated on the host, the page shows both, nobody is signed out, and nothing private is on it', async ({ page }) => {
  await signIn(page);
  const said = watchConsole(page);
  await page.goto(`${product.url}/settings/keys`);
  const permits = page.locator('#permit');
  await expect(permits).toContainText('Held by the gateway');
  await expect(permits.locator('.key-line')).toHaveCount(1);
  await expect(page.locator('#control-order')).toContainText('Pin for agents');

  for (const name of ['permit', 'control', 'auth']) await countersign('keys', 'rotate', name);
  await page.reload();
  await expect(permits.locator('.key-line')).toHaveCount(2);
  await expect(page.locator('#control-order')).toContainText('signs once the old one is retired');
  // The cookie was sealed with the secret before; the page came all the same.
  await expect(page.locator('#auth .key-line')).toHaveCount(2);

  const folder = path.join(product.dataDir, 'keys');
  const html = await page.content();
  const secrets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(jwk|key|secret)$/.test(file)).map((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    return file.endsWith('.jwk') ? (JSON.parse(text) as { d: string }).d : text.split('\n')[0]!;
  });
  expect(secrets.length).toBeGreaterThan(6);
  for (const secret of secrets) expect(html.includes(secret)).toBe(false);
  expect(said).toEqual([]);

  if (process.env.SHOTS) {
    for (const [device, size] of [['desktop', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844 }]] as const) {
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: path.join(process.env.SHOTS, `keys-${device}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  await countersign('keys', 'retire', 'control', '--now');
  await countersign('keys', 'retire', 'permit', '--now');
  await page.reload();
  await expect(permits.locator('.key-line')).toHaveCount(1);
});
