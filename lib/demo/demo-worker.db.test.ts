import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestGateway, type TestGateway } from '@/lib/testing/running-gateway';
import { startWorker, type RunningWorker } from '@/lib/testing/running-worker';
import { demoState } from '.';
import { runFolder } from './effects';

let gateway: TestGateway;
let worker: RunningWorker;
// Processes from source start slowly on a busy machine.
vi.setConfig({ testTimeout: 90_000 });
const patience = { timeout: 40_000, interval: 100 };
beforeAll(async () => {
  gateway = await startTestGateway();
  worker = await startWorker(gateway.database.urlAs('worker'), { dataDir: gateway.dataDir, env: { COUNTERSIGN_DEMO: '1' } });
});
afterAll(async () => {
  await worker.stop();
  await gateway.stop();
});

const rows = async <R extends object>(text: string) => (await import('@/lib/db')).sql.rows<R>(text);

it('COUNTERSIGN_DEMO=1 starts it with the worker, in a process whose end it is the worker that brings', async () => {
  await vi.waitFor(async () => expect(await demoState()).toMatchObject({ running: true, wanted: true, trouble: null }), patience);
  const { runId } = await demoState();
  expect(existsSync(runFolder(gateway.dataDir, runId!))).toBe(true);
  await vi.waitFor(async () => expect((await rows(`SELECT 1 FROM session WHERE state = 'open'`)).length).toBe(4), patience);
  expect((await worker.countersign('demo', 'status', '--json')).json).toMatchObject({ ok: true, running: true, runId });

  expect((await worker.countersign('demo', 'stop', '--json')).json).toMatchObject({ ok: true, runId, stopped: true });
  await vi.waitFor(async () => expect(await rows(`SELECT 1 FROM session WHERE state <> 'closed'`)).toEqual([]), patience);

  const again = await worker.countersign('demo', 'start', '--seed', 'again', '--json');
  expect(again.json).toMatchObject({ ok: true, seed: 'again', started: true });
  expect(again.json.runId).not.toBe(runId);
  await vi.waitFor(async () => expect(await demoState()).toMatchObject({ running: true, runId: again.json.runId }), patience);
  expect(await rows(`SELECT name FROM agent ORDER BY name`)).toEqual([{ name: 'billing-helper' }, { name: 'infra-watch' }, { name: 'office-notes' }, { name: 'support-triage' }]);

  await worker.stop();
  expect(await demoState()).toMatchObject({ running: false, wanted: false });
  expect(await rows(`SELECT 1 FROM session WHERE state <> 'closed'`)).toEqual([]);
});
