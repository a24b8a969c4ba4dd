import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Refusal, run, step } from './run-command.mjs';

// Debian's two, the quicker first: the headless shell is Chromium without the windows that nobody looks at, and takes a third less time.
const DEBIAN = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** A Chromium for the browser tests: the one asked for, Playwright's own, on Debian as root one that is installed now, or the system's. */
export async function findBrowser() {
  const asked = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (asked) {
    if (!existsSync(asked)) throw new Refusal(`PLAYWRIGHT_CHROMIUM_PATH names ${asked}, which is not there.`);
    return asked;
  }
  const { chromium } = await import('@playwright/test');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  const installed = () => DEBIAN.find((file) => existsSync(file));
  if (!installed() && process.getuid?.() === 0 && hasApt()) {
    await step('Installing Chromium for the browser tests', '60 s', async () => {
      const env = { DEBIAN_FRONTEND: 'noninteractive' };
      await run('apt-get', ['update'], { quiet: true, env });
      // Releases before the shell had a package of its own have the whole browser.
      let result;
      for (const name of DEBIAN.map((file) => path.basename(file))) {
        if (installed()) break;
        result = await run('apt-get', ['install', '-y', '--no-install-recommends', name], { quiet: true, env });
      }
      if (!installed()) throw new Refusal(`apt-get could not install chromium:\n${result.output.trim().split('\n').slice(-8).join('\n')}`);
    });
  }
  const found = installed();
  if (found) return found;
  throw new Refusal('No browser for the browser tests. Run "npx playwright install chromium", or install Chromium and name it: PLAYWRIGHT_CHROMIUM_PATH=/path/to/chromium npm test');
}

function hasApt() {
  try { execFileSync('apt-get', ['--version'], { stdio: 'ignore' }); return true; } catch { return false; }
}
