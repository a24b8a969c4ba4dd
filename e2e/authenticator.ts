import { expect, type Page } from '@playwright/test';
import { product } from './product';

/** A key in this page's own device that checks its person and answers at once, as the DevTools protocol offers it. Lives as long as the page. */
export async function plugIn(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
}

/** Plugs a key in and registers it for whoever is signed in on this page. */
export async function registerPasskey(page: Page, name: string): Promise<void> {
  await plugIn(page);
  await page.goto(`${product.url}/settings`);
  await page.getByLabel('Name of the new passkey').fill(name);
  await page.getByRole('button', { name: 'Register a passkey' }).click();
  await expect(page.locator('#passkeys').getByRole('button', { name: `Remove ${name}` })).toBeVisible();
}
