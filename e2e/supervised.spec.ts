import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { planContainment } from '@/lib/sdk/supervisor/containment';
import { connectAgent, countersign, live, product, registerAgent, signIn, type Credentials } from './product';

/** Ignores what it is told and leaves its session; only its folder tells which processes are of it. */
const rogue = `trap '' TERM INT HUP; (setsid bash -c 'trap "" TERM INT HUP; echo up >> "$1/up"; while :; do sleep 1000; done' x "$1" &) ; echo up >> "$1/up"; while :; do sleep 1000; done`;

async function supervised(credentials: Credentials) {
  const made = (await countersign('supervisor-key', 'create', '--agent', credentials.name)) as { key: string; url: string; controlPin: string };
  const folder = mkdtempSync(path.join(tmpdir(), 'supervised-'));
  writeFileSync(path.join(folder, 'key'), made.key, { mode: 0o600 });
  const instanceId = `eu-${credentials.name}`;
  const supervisor = spawn(process.execPath, ['dist/cli.js', 'supervise', '--instance', instanceId, '--key-file', path.join(folder, 'key'), '--url', made.url, '--control-pin', made.controlPin, '--', 'bash', '-c', rogue, 'rogue', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  supervisor.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  const ended = new Promise<number | null>((resolve) => supervisor.once('close', resolve));
  const agent = await connectAgent(credentials, { instance: { id: instanceId, name: 'eu-1' } });
  await expect.poll(() => said).toContain('started; containment: PID namespace');
  const over = async () => {
    supervisor.kill('SIGCONT');
    supervisor.kill('SIGTERM');
    await agent.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { supervisor, agent, ended, said: () => said, over };
}

test('a stop of a supervised agent ends its process, and its page says what proves it', async ({ page }) => {
  test.skip((await planContainment()).containment !== 'pidns', 'this machine gives no PID namespace');
  const credentials = await registerAgent('supervised', 'email:send:**');
  const { agent, ended, said, over } = await supervised(credentials);
  try {
    // Its client says that it has stopped; that alone confirms nothing here.
    await agent.openSession({ purpose: 'Be ended from outside' });
    const { order } = (await countersign('stop', '--agent', credentials.name, '--reason', 'it does as it likes')) as { order: { id: string } };
    expect(await ended).toBe(77);
    expect(said()).toContain('nothing is left of it (pidns-empty)');
    await signIn(page);
    await page.goto(`${product.url}/switches/${order.id}`);
    await live(page);
    const row = page.locator('.propagation tbody tr');
    await expect(row).toHaveCount(1);
    await expect(row).toContainText('no process is left in its namespace');
    await expect(page.locator('h1').first()).toContainText('confirmed stopped');
  } finally {
    await over();
  }
});

test('what is not confirmed in time is said first on Now and on the stop\'s page, until it is', async ({ page }) => {
  test.skip((await planContainment()).containment !== 'pidns', 'this machine gives no PID namespace');
  const credentials = await registerAgent('frozen', 'email:send:**');
  const { supervisor, agent, ended, over } = await supervised(credentials);
  try {
    await agent.openSession({ purpose: 'Go on while its supervisor stands still' });
    // It hears nothing more and kills nothing, and the process that it holds goes on: the client's word is all there is.
    supervisor.kill('SIGSTOP');
    const { order } = (await countersign('stop', '--agent', credentials.name, '--wait', '0')) as { order: { id: string } };
    await signIn(page);
    await page.goto(`${product.url}/switches/${order.id}`);
    await live(page);
    await expect(page.locator('h1').first()).toContainText('0 of 1 session confirmed.');
    await expect(page.locator('.propagation tbody tr')).toContainText('its own word; its supervisor has not seen it end');
    // Two leases later the page says so by itself.
    await expect(page.locator('.lede').first()).toContainText('What is not confirmed may still be running: end it where it runs.', { timeout: 60_000 });
    await expect(page.locator('h1').first()).toContainText('0 of 1 session confirmed, and the time for it is over.');
    await expect(page.locator('.banner[data-kind=stop]').first()).toContainText('is stopped, but not confirmed in time.');
    await pictures(page, 'unconfirmed-order');
    await page.goto(product.url);
    await live(page);
    await expect(page.locator('h1').first()).toContainText(/stands?, (one )?not confirmed in time\.$/);
    const first = page.locator('.margin-row').first();
    await expect(first).toContainText(`${credentials.name} is stopped, but not confirmed in time: some of it may still be running.`);
    await pictures(page, 'unconfirmed-now');
    // Awake again, it finds that control was silent for longer than the lease, ends all of it and says so.
    supervisor.kill('SIGCONT');
    await ended;
    await first.getByRole('link').first().click();
    await expect(page.locator('h1').first()).toContainText('confirmed stopped');
    await expect(page.locator('.lede').first()).not.toContainText('may still be running');
  } finally {
    await over();
  }
});

/** For somebody to look at, where they ask for them. */
async function pictures(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return;
  const size = page.viewportSize()!;
  for (const [device, viewport] of [['desk', { width: 1440, height: 900 }], ['phone', { width: 390, height: 844 }]] as const) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(process.env.SHOTS, `${name}-${device}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(size);
}
