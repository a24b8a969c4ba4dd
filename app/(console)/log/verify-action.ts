'use server';

import { runAction } from '@/app/_session/action-result';
import { authorise } from '@/lib/access';
import { runLogCheck } from './log-check';

export async function verify(): Promise<{ ok: true } | { ok: false; because: string }> {
  const done = await runAction(async (ctx) => {
    authorise(ctx, 'log.verify');
    await runLogCheck(ctx.now);
  });
  return done.ok ? { ok: true } : { ok: false, because: done.error.message };
}
