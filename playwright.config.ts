import { existsSync } from 'node:fs';
import { chromium, defineConfig } from '@playwright/test';

/** Chromium in a container: no sandbox to build on, no graphics card and so no process for one, and no calls home. */
const args = ['--no-sandbox', '--disable-gpu', '--in-process-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** `npm test` says which browser; by hand Playwright's own is taken, or the system's. */
const executablePath = process.env.PLAYWRIGHT_CHROMIUM_PATH ?? [chromium.executablePath(), '/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path));

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  globalSetup: './e2e/global-setup.ts',
  outputDir: 'test-results',
  // One Countersign serves the whole run: specs follow each other.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // What passes only then is named at the end of the run: it is a fault still.
  retries: 1,
  // Limits for what hangs. How long something may take is measured in bench/; here a slow machine is only slow.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Nothing here moves for its own sake, and a browser that draws without a graphics card pays for each frame.
    contextOptions: { reducedMotion: 'reduce' },
    // Recording takes as long as the tests themselves; E2E_TRACE=on where a picture and the page's tree do not say enough.
    trace: process.env.E2E_TRACE === 'on' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: { args, ...(executablePath ? { executablePath } : {}) },
  },
});
