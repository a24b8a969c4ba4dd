import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Refusal, run, step } from './run-command.mjs';

const DEBIAN = '/usr/bin/chromium';

/** A Chromium for the browser tests: the one asked for, Playwright's own, the system's, or on Debian as root one that is installed now. */
export async function findBrowser() {
  const asked = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (asked) {
    if (!existsSync(asked)) throw new Refusal(`PLAYWRIGHT_CHROMIUM_PATH names ${asked}, which is not there.`);
    return asked;
  }
  const { chromium } = await import('@playwright/test');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  if (existsSync(DEBIAN)) return DEBIAN;
  if (process.getuid?.() === 0 && hasApt()) {
    await step('Installing Chromium for the browser tests', '60 s', async () => {
      const env = { DEBIAN_FRONTEND: 'noninteractive' };
      await run('apt-get', ['update'], { quiet: true, env });
      const result = await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { quiet: true, env });
      if (result.code !== 0) throw new Refusal(`apt-get could not install chromium:\n${result.output.trim().split('\n').slice(-8).join('\n')}`);
    });
    if (existsSync(DEBIAN)) return DEBIAN;
  }
  throw new Refusal('No browser for the browser tests. Run "npx playwright install chromium", or install Chromium and name it: PLAYWRIGHT_CHROMIUM_PATH=/path/to/chromium npm test');
}

function hasApt() {
  try { execFileSync('apt-get', ['--version'], { stdio: 'ignore' }); return true; } catch { return false; }
}
