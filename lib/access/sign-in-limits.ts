import { prisma, type Tx } from '@/lib/db';
import type { SecondFactorFrom, SignInLimits } from './rules';
import { settingOf } from './settings';

const MINUTE = 60_000;

/** How long sign-ins last at this moment. */
export const signInLimits = async (db?: Pick<Tx, 'setting'>): Promise<SignInLimits> => (await signInRules(db)).limits;

/** What an administrator has set about sign-ins, as it is at this moment; one read. */
export async function signInRules(db: Pick<Tx, 'setting'> = prisma()): Promise<{ limits: SignInLimits; secondFactorFrom: SecondFactorFrom }> {
  const rows = await db.setting.findMany({ where: { key: { in: ['sign_in_idle_minutes', 'sign_in_absolute_hours', 'second_factor_from'] } }, select: { key: true, value: true } });
  const kept = (key: string) => rows.find((row) => row.key === key)?.value;
  return {
    limits: { idleMs: settingOf('sign_in_idle_minutes', kept('sign_in_idle_minutes')) * MINUTE, absoluteMs: settingOf('sign_in_absolute_hours', kept('sign_in_absolute_hours')) * 60 * MINUTE },
    secondFactorFrom: settingOf('second_factor_from', kept('second_factor_from')),
  };
}
