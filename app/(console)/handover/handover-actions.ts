'use server';

import { runAction } from '@/app/_session/action-result';
import type { HandOver } from '@/components/handover/view';
import { writeHandover } from '@/lib/handover';
import type { WriteHandover } from '@/lib/handover/schema';

export async function handOver(input: WriteHandover): ReturnType<HandOver> {
  const result = await runAction((ctx) => writeHandover(ctx, input));
  return result.ok ? { ok: true, id: result.value.id } : { ok: false, because: result.error.message };
}
