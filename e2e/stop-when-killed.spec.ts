import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { AgentClient, SessionStopped } from '@/lib/sdk';
import { startCountersign, type RunningCountersign } from '@/lib/testing/running-countersign';
import { childrenOf, postmasterOf } from './processes';

const run = promisify(execFile);
const search = { tool: 'search_articles', args: { query: 'refund policy' } };

test('with console, gateway and at last Postgres killed, the shell and the panel\'s own curl line still stop, and nothing of it is lost', async ({ page }) => {
  test.setTimeout(240_000);
  const running: RunningCountersign = await startCountersign({ env: { LEASE_MS: '3000' } });
  const env = { ...process.env, DATA_DIR: running.dataDir, PUBLIC_URL: running.url, CONTROL_PORT: new URL(running.controlUrl).port, ENVIRONMENT: 'test' };
  const cli = async (...argv: string[]) => {
    const { stdout } = await run(process.execPath, ['dist/cli.js', ...argv, '--json'], { env });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
  };
  let agent: AgentClient | undefined;
  try {
    const { key } = (await cli('control-key', 'create', '--name', 'wall', '--scopes', 'global,agent', '--environments', '*')) as { key: string };
    const made = (await cli('agent', 'create', '--name', 'survivor', '--capability', 'knowledge_base:search:**')) as { clientId: string; clientSecret: string; controlPin: string };
    agent = await AgentClient.connect({ url: running.url, ...made, instance: { name: 'e2e' } });
    const session = await agent.openSession({ purpose: 'Outlive everything' });
    expect((await session.requestAction(search)).decision).toBe('allow');
    // The line as the panel prints it, copied while there still is a panel.
    await page.goto(`${running.url}/sign-in`);
    await page.getByLabel('E-mail').fill(running.admin.email);
    await page.getByLabel('Password').fill(running.admin.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeAttached();
    await page.goto(`${running.url}/switches`);
    const line = (await page.locator('.code-line code', { hasText: 'curl' }).textContent())!;
    const byCurl = async () => JSON.parse((await run('sh', ['-c', line], { env: { ...env, COUNTERSIGN_CONTROL_KEY: key } })).stdout) as { order: { id: string }; durability: string };

    // Frozen, whoever would start them again does not; what is killed stays dead.
    process.kill(running.pid, 'SIGSTOP');
    const children = childrenOf(running.pid);
    for (const name of ['console', 'gateway']) process.kill(children.find((child) => child.name === name)!.pid, 'SIGKILL');
    await expect(fetch(`${running.url}/api/health`)).rejects.toThrow();
    const from = performance.now();
    const byShell = (await cli('stop', '--global', '--reason', 'everything else is dead')) as { order: { id: string }; durability: string; fencedAt: string; confirmedAt: string };
    expect(byShell).toMatchObject({ ok: true, durability: 'database' });
    expect(Date.parse(byShell.fencedAt)).toBeGreaterThan(0);
    expect(Date.parse(byShell.confirmedAt)).toBeGreaterThanOrEqual(Date.parse(byShell.fencedAt));
    console.info(`console and gateway dead: confirmed ${((performance.now() - from) / 1_000).toFixed(1)} s after the press, by a lease of 3 s`);
    expect((await byCurl()).order.id).toBe(byShell.order.id);
    await expect(session.requestAction(search, { timeoutMs: 500 })).rejects.toThrow();

    process.kill(postmasterOf(running.dataDir), 'SIGKILL');
    const journaled = [(await cli('stop', '--agent', made.clientId, '--wait', '0')) as { order: { id: string }; durability: string }, await byCurl()];
    expect(journaled.map((one) => one.durability)).toEqual(['journal', 'journal']);

    // Everything comes back; what stood and what was engaged meanwhile stands, as a union.
    process.kill(running.pid, 'SIGCONT');
    const standing = async () => ((await (await fetch(`${running.controlUrl}/v1/switches`, { headers: { authorization: `Bearer ${key}` } })).json()) as { switches?: { id: string; durability: string }[] }).switches ?? [];
    const ids = [byShell.order.id, ...journaled.map((one) => one.order.id)].sort();
    await expect.poll(async () => (await standing()).filter((one) => one.durability === 'database').map((one) => one.id).sort(), { timeout: 90_000 }).toEqual(ids);
    await expect.poll(() => session.state, { timeout: 90_000 }).toBe('stopped');
    await expect(session.requestAction(search)).rejects.toThrow(SessionStopped);
    await expect(agent.openSession({ purpose: 'Born under three stops' })).rejects.toThrow(SessionStopped);
  } finally {
    process.kill(running.pid, 'SIGCONT');
    await agent?.close();
    await running.stop();
  }
});

test('with Postgres killed, a stop still reaches the agents: gateways hear it from control itself', async () => {
  test.setTimeout(180_000);
  const running: RunningCountersign = await startCountersign({ env: { LEASE_MS: '120000' } });
  const env = { ...process.env, DATA_DIR: running.dataDir, PUBLIC_URL: running.url, CONTROL_PORT: new URL(running.controlUrl).port, ENVIRONMENT: 'test' };
  const cli = async (...argv: string[]) => JSON.parse((await run(process.execPath, ['dist/cli.js', ...argv, '--json'], { env })).stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
  let agent: AgentClient | undefined;
  try {
    const made = (await cli('agent', 'create', '--name', 'listener', '--capability', 'knowledge_base:search:**')) as { clientId: string; clientSecret: string; controlPin: string };
    agent = await AgentClient.connect({ url: running.url, ...made, instance: { name: 'e2e' } });
    const session = await agent.openSession({ purpose: 'Hear of a stop that no database knows' });
    expect((await session.requestAction(search)).decision).toBe('allow');
    process.kill(running.pid, 'SIGSTOP');
    process.kill(postmasterOf(running.dataDir), 'SIGKILL');
    expect(await cli('stop', '--agent', made.clientId, '--wait', '0')).toMatchObject({ ok: true, durability: 'journal' });
    // Long before its lease is over, and with nothing in the database that anybody could have read.
    await expect.poll(() => session.state).toBe('stopped');
    await expect(session.requestAction(search)).rejects.toThrow(SessionStopped);
  } finally {
    process.kill(running.pid, 'SIGCONT');
    await agent?.close();
    await running.stop();
  }
});
