import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { callControl } from '@/lib/cli/control-client';
import { drillRogue, type RogueFound } from '@/lib/drills/drill-rogue';
import { rogueWords } from '@/lib/drills/rules';
import { rogueKinds, type DrillReport } from '@/lib/drills/schema';
import { killMarked } from '@/lib/drills/signs-of-life';
import { startRogue } from '@/lib/drills/start-rogue';
import { hostSocketPath } from '@/lib/host-socket';
import { planContainment } from '@/lib/sdk/supervisor/containment';
import { countersign, live, product, registerAgent, signIn } from './product';

const at = (bundle: string) => [process.execPath, path.join(process.cwd(), 'dist', bundle)];

test('a drill stops every rogue for real and says what shows it; a rogue that survives is found to be alive', async ({ page }) => {
  test.skip((await planContainment()).containment !== 'pidns', 'this machine gives no PID namespace');
  test.setTimeout(240_000);
  await signIn(page);
  await page.goto(`${product.url}/drills`);
  await live(page);
  await page.getByRole('button', { name: 'Run a drill' }).click();
  await page.waitForURL(/\/drills\/[0-9a-f-]{36}$/);
  // Asked for twice, it is the one that runs already.
  const { drill } = (await countersign('drill')) as { ok: boolean; drill: DrillReport };
  await expect(page.locator('.drill-report tbody tr')).toHaveCount(rogueKinds.length);
  expect(page.url()).toContain(drill.id);

  for (const target of drill.targets) console.info(`${target.rogue.padEnd(17)} ${target.verdict} fenced ${target.fencedMs} ms, gone ${target.goneMs} ms, confirmed ${target.confirmedMs} ms, by ${target.evidence}`);
  expect(drill.now).toMatchObject({ state: 'finished', verdict: 'passed', interrupted: false });
  expect(drill.targets.map(({ rogue, verdict }) => [rogue, verdict])).toEqual(rogueKinds.map((kind) => [kind, 'dead']));
  for (const { rogue, evidence, proof, goneMs, goneWithinMs, confirmedMs, confirmedWithinMs } of drill.targets) {
    expect(evidence, rogue).toBe(rogue === 'cut_off' || rogue === 'kills_supervisor' ? 'lease-lapsed' : 'pidns-empty');
    expect(proof, rogue).toMatchObject({ processes: 0, inNamespace: 0, lived: rogue === 'forks' ? 3 : rogue === 'double_forks' ? 2 : 1, portAnswers: rogue === 'holds_port' ? false : null });
    expect(proof!.silentMs, rogue).toBeGreaterThanOrEqual(300);
    expect(goneMs, rogue).toBeLessThanOrEqual(goneWithinMs);
    expect(confirmedMs, rogue).toBeLessThanOrEqual(confirmedWithinMs);
  }
  expect(drill.targets.find(({ rogue }) => rogue === 'cut_off')!.proof!.note).toBe('its network namespace has no interface but its own loopback');
  expect(drill.targets.find(({ rogue }) => rogue === 'kills_supervisor')!.proof!.note).toMatch(/saw 0 other processes/);

  // The page followed by itself, and nothing of the drill stands any more.
  await expect(page.locator('h1').first()).toHaveText('All 9 rogues are dead.');
  await expect(page.locator('.drill-report tbody tr', { hasText: rogueWords.double_forks }).locator('.verdict')).toHaveText('dead');
  await expect.poll(async () => {
    const { switches } = (await callControl({ kind: 'socket', path: hostSocketPath(product.dataDir, 'control') }, 'GET', '/v1/switches')) as { switches: { drill: boolean }[] };
    return switches.filter((order) => order.drill).length;
  }).toBe(0);

  // After the drill and not beside it, whose times it would lengthen. One that left its process group, held by nothing else, lives on: that is what a drill must be able to say.
  const survivor = await drillSurvivor();
  expect(survivor.verdict).toBe('alive');
  expect(survivor.proof!.processes).toBeGreaterThan(0);
  expect(survivor.proof!.silentMs).toBeLessThan(300);
});

/** A rogue whose supervisor finds neither bubblewrap nor unshare, so that it holds a process group alone; the rogue leaves that, and its parents. */
async function drillSurvivor(): Promise<RogueFound> {
  const credentials = await registerAgent('survivor', 'email:send:**');
  const made = (await countersign('supervisor-key', 'create', '--agent', credentials.name)) as { key: string; url: string; controlPin: string };
  const folder = mkdtempSync(path.join(tmpdir(), 'survivor-'));
  const [mark, instanceId] = [`survivor:${credentials.name}`, `survivor-${credentials.name}`];
  const orders = { kind: 'double_forks', mark, folder, gatewayUrl: product.url, clientId: credentials.clientId, clientSecret: credentials.clientSecret, instanceId };
  mkdirSync(path.join(folder, 'nothing'));
  const rogue = await startRogue({ programs: { supervise: [...at('cli.js'), 'supervise'], rogue: at('rogue.js') }, orders, supervisorKey: made.key, controlUrls: made.url.split(','), controlPin: made.controlPin, bridged: false, searchPath: path.join(folder, 'nothing') });
  const control = { kind: 'socket' as const, path: hostSocketPath(product.dataDir, 'control') };
  let orderId = '';
  try {
    return await drillRogue({
      kind: 'double_forks', limits: { goneWithinMs: 2_000, confirmedWithinMs: 3_000 }, rogue, signal: AbortSignal.timeout(60_000),
      press: async () => { orderId = ((await callControl(control, 'POST', '/v1/switches/engage', { scope: 'instance', target: instanceId })) as { order: { id: string } }).order.id; },
      ask: async () => {
        const { order, confirmedAt, fencedAt, targets } = (await callControl(control, 'GET', `/v1/orders/${orderId}`)) as { order: { issuedAt: string }; confirmedAt?: string; fencedAt?: string; targets: { exitEvidence: string | null }[] };
        const after = (time: string | undefined) => (time === undefined ? null : Date.parse(time) - Date.parse(order.issuedAt));
        return { fencedMs: after(fencedAt), confirmedMs: after(confirmedAt), evidence: targets[0]?.exitEvidence ?? null };
      },
    });
  } finally {
    killMarked(mark);
    rogue.close();
    rmSync(folder, { recursive: true, force: true });
    if (orderId) await callControl(control, 'POST', `/v1/orders/${orderId}/release`, { breakGlass: true, reason: 'the survivor is dead now' });
  }
}
