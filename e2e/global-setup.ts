import { cpSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig } from '@playwright/test';
import { startOidcProvider } from '@/lib/testing/oidc-provider';
import { startCountersign } from '@/lib/testing/running-countersign';

/** One Countersign for the whole run; specs find it by these variables. Where they are set already, that one is used and left running. */
export default async function globalSetup({ projects }: FullConfig): Promise<() => Promise<void>> {
  if (process.env.E2E_URL) return async () => {};
  // What the product is told about the world outside is there before it starts.
  const login = await startOidcProvider();
  const running = await startCountersign({ env: { OUTBOUND_ALLOW_HOSTS: '127.0.0.1', OIDC_ISSUER: login.issuer, OIDC_CLIENT_ID: login.clientId, OIDC_CLIENT_SECRET: login.clientSecret, OIDC_NAME: 'Test login' } });
  login.allowRedirect(`${running.url}/api/auth/callback/oidc`);
  process.env.E2E_OIDC_ISSUER = login.issuer;
  process.env.E2E_URL = running.url;
  process.env.E2E_CONTROL_URL = running.controlUrl;
  process.env.E2E_DATA_DIR = running.dataDir;
  process.env.E2E_ADMIN_EMAIL = running.admin.email;
  process.env.E2E_ADMIN_PASSWORD = running.admin.password;
  return async () => {
    if (process.env.E2E_SHOW_OUTPUT) process.stdout.write(running.output());
    // What the processes said of themselves, beside what the tests saw: a page that failed says why only there.
    cpSync(path.join(running.dataDir, 'logs'), path.join(projects[0]!.outputDir, 'logs'), { recursive: true });
    await running.stop();
    await login.close();
  };
}
