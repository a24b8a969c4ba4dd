import { prisma, type Tx } from '@/lib/db';
import type { SignInLimits } from './rules';
import { settingOf } from './settings';

const MINUTE = 60_000;

/** How long sign-ins last at this moment; one read. */
export async function signInLimits(db: Pick<Tx, 'setting'> = prisma()): Promise<SignInLimits> {
  const rows = await db.setting.findMany({ where: { key: { in: ['sign_in_idle_minutes', 'sign_in_absolute_hours'] } }, select: { key: true, value: true } });
  const kept = (key: string) => rows.find((row) => row.key === key)?.value;
  return { idleMs: settingOf('sign_in_idle_minutes', kept('sign_in_idle_minutes')) * MINUTE, absoluteMs: settingOf('sign_in_absolute_hours', kept('sign_in_absolute_hours')) * 60 * MINUTE };
}
