import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { planContainment } from '@/lib/sdk/supervisor/containment';
import { connectAgent, countersign, live, product, registerAgent, signIn } from './product';

/** Ignores what it is told and leaves its session; only its folder tells which processes are of it. */
const rogue = `trap '' TERM INT HUP; (setsid bash -c 'trap "" TERM INT HUP; echo up >> "$1/up"; while :; do sleep 1000; done' x "$1" &) ; echo up >> "$1/up"; while :; do sleep 1000; done`;

test('a stop of a supervised agent ends its process, and its page says what proves it', async ({ page }) => {
  test.skip((await planContainment()).containment !== 'pidns', 'this machine gives no PID namespace');
  const credentials = await registerAgent('supervised', 'email:send:**');
  const made = (await countersign('supervisor-key', 'create', '--agent', credentials.name)) as { key: string; url: string; controlPin: string };
  const folder = mkdtempSync(path.join(tmpdir(), 'supervised-'));
  writeFileSync(path.join(folder, 'key'), made.key, { mode: 0o600 });
  const instanceId = `eu-${credentials.name}`;
  const supervisor = spawn(process.execPath, ['dist/cli.js', 'supervise', '--instance', instanceId, '--key-file', path.join(folder, 'key'), '--url', made.url, '--control-pin', made.controlPin, '--', 'bash', '-c', rogue, 'rogue', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  supervisor.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  const ended = new Promise<number | null>((resolve) => supervisor.once('close', resolve));
  const agent = await connectAgent(credentials, { instance: { id: instanceId, name: 'eu-1' } });
  try {
    await expect.poll(() => said).toContain('started; containment: PID namespace');
    // Its client says that it has stopped; that alone confirms nothing here.
    await agent.openSession({ purpose: 'Be ended from outside' });
    const { order } = (await countersign('stop', '--agent', credentials.name, '--reason', 'it does as it likes')) as { order: { id: string } };
    expect(await ended).toBe(77);
    expect(said).toContain('nothing is left of it (pidns-empty)');
    await signIn(page);
    await page.goto(`${product.url}/switches/${order.id}`);
    await live(page);
    const row = page.locator('.propagation tbody tr');
    await expect(row).toHaveCount(1);
    await expect(row).toContainText('no process is left in its namespace');
    await expect(page.locator('h1').first()).toContainText('confirmed stopped');
  } finally {
    supervisor.kill('SIGTERM');
    await agent.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
