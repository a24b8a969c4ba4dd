'use server';

import { runAction } from '@/app/_session/action-result';
import { changeRetention, type Retention } from '@/lib/payloads';

export async function saveRetention(retention: Retention): Promise<{ ok: true } | { ok: false; because: string }> {
  const saved = await runAction((ctx) => changeRetention(ctx, retention));
  return saved.ok ? { ok: true } : { ok: false, because: saved.error.message };
}
