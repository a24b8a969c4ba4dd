import { expect, type CDPSession, type Page } from '@playwright/test';
import { product } from './product';

type Credential = { credentialId: string; signCount: number; isResidentCredential: boolean; rpId?: string };
export type Authenticator = { keys(): Promise<Credential[]>; /** Whether it checks its person from now on. */ verifies(does: boolean): Promise<void>; /** Lost: whatever asks for it gets no answer that counts. */ lose(): Promise<void> };

/** A key in this page's own device that checks its person and answers at once, as the DevTools protocol offers it. Lives as long as the page. */
export async function plugIn(page: Page): Promise<Authenticator> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  return {
    keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials as Credential[],
    verifies: async (isUserVerified) => { await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }); },
    lose: async () => { await cdp.send('WebAuthn.clearCredentials', { authenticatorId }); },
  };
}

/** Registers a key that is plugged in for whoever is signed in on this page. */
export async function register(page: Page, name: string): Promise<void> {
  await page.goto(`${product.url}/settings`);
  await page.getByLabel('Name of the new passkey').fill(name);
  await page.getByRole('button', { name: 'Register a passkey' }).click();
  await expect(page.locator('#passkeys').getByRole('button', { name: `Remove ${name}` })).toBeVisible();
}

/** Plugs a key in and registers it for whoever is signed in on this page. */
export async function registerPasskey(page: Page, name: string): Promise<Authenticator> {
  const authenticator = await plugIn(page);
  await register(page, name);
  return authenticator;
}
