'use server';

import { runAction } from '@/app/_session/action-result';
import type { RunDrill } from '@/components/drills/view';
import { runDrill } from '@/lib/drills';

export const startDrill: RunDrill = async () => {
  const result = await runAction((ctx) => runDrill(ctx));
  return result.ok ? { ok: true, id: result.value.drill.id } : { ok: false, because: result.error.message };
};
