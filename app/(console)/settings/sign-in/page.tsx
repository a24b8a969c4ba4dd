import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { SecondFactorSetting } from '@/components/access/second-factor-setting';
import { SignInLimits } from '@/components/access/sign-in-limits';
import { may, readSetting } from '@/lib/access';
import { setSecondFactorFrom, setSignInLimits } from '../factor-actions';

export const metadata: Metadata = { title: 'Sign-in' };

export default async function SignInSettingsPage() {
  const { actor } = await requireSession();
  const [idleMinutes, absoluteHours, from] = await Promise.all([readSetting('sign_in_idle_minutes'), readSetting('sign_in_absolute_hours'), readSetting('second_factor_from')]);
  const manages = may(actor, 'setting.manage');
  return (
    <div className="page">
      <div className="page-read grid gap-8">
        <header><h1>How people sign in</h1><p className="lede">What holds for everybody on this server.</p></header>
        <SignInLimits idleMinutes={idleMinutes} absoluteHours={absoluteHours} {...(manages && { save: setSignInLimits })} />
        <SecondFactorSetting from={from} {...(manages && { save: setSecondFactorFrom })} />
      </div>
    </div>
  );
}
