'use server';

import { runAction } from '@/app/_session/action-result';
import type { DemoResult } from '@/components/demo/run-demo';
import { startDemo, stopDemo } from '@/lib/demo';

/** Asks for the demo fleet; a worker starts it. */
export async function startDemoFleet(): Promise<DemoResult> {
  const result = await runAction((ctx) => startDemo(ctx));
  return result.ok ? { ok: true } : { ok: false, because: result.error.message };
}

/** Ends the demo fleet's run. */
export async function stopDemoFleet(): Promise<DemoResult> {
  const result = await runAction((ctx) => stopDemo(ctx));
  return result.ok ? { ok: true } : { ok: false, because: result.error.message };
}
